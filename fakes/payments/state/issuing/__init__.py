"""Cards that the merchant issues: their holders, what they are used for, and what of that is disputed.

Money is not booked: nothing of this touches the account's balance.
"""
