"""What ids look like: the prefix and the number of random letters, by kind of object."""

SHAPES: dict[str, tuple[str, int]] = {
    "customer": ("cus_", 14),
    "product": ("prod_", 14),
    "price": ("price_1", 23),
    "payment_method": ("pm_1", 23),
    "payment_intent": ("pi_3", 23),
    "charge": ("ch_3", 23),
    "refund": ("re_3", 23),
    "balance_transaction": ("txn_3", 23),
    "subscription": ("sub_1", 23),
    "subscription_item": ("si_", 14),
    "invoice": ("in_1", 23),
    "line_item": ("il_1", 23),
    "invoice_payment": ("inpay_1", 23),
    "checkout.session": ("cs_test_a1", 56),
    "webhook_endpoint": ("we_1", 23),
    "event": ("evt_1", 23),
    "test_helpers.test_clock": ("clock_1", 23),
    "request": ("req_", 14),
}
