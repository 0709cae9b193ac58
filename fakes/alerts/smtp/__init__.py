"""The mail server beside the chat workspace: how SMTP is spoken; what is kept stands in `state.mails`."""
