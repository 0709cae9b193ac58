"""Where people are alarmed: a chat webhook that behaves like Slack's, and a mail server that takes everything."""
