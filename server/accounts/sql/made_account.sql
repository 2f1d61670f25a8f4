-- $1 network, a keyed hash: the address it asked for had no account.
SELECT haven_refund_attempt('account taken', $1::text, 1, interval '1 hour', now())
