-- One row per payment to a tax agency.
with

tax_payments as (
    select * from documents.tax_payment
),

final as (
    select
        document.Description as description,  -- Description of the tax payment.

        document.PaymentDate as payment_date,  -- Date of the payment.
        created_at,  -- When the tax payment was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the tax payment (UTC).

        document.PaymentAmount::decimal(18, 2) as payment_amount,  -- Amount paid, in home currency.
        document.Refund as is_refund,  -- True where the agency paid money back.
        sync_token,  -- Number of the version, which QuickBooks counts up when the tax payment is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as tax_payment_id,  -- QuickBooks id of the tax payment.
        document.PaymentAccountRef.value as payment_account_id,  -- Bank account the tax was paid from.
        document.AgencyRef.value as tax_agency_id,  -- Tax agency that was paid.
    from tax_payments
)

select * from final
