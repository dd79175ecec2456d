-- Payments to tax agencies. One row per tax payment.
with

tax_payments as (
    select * from documents.tax_payment
),

final as (
    select
        realm_id,
        id as tax_payment_id,
        document.PaymentAccountRef.value as payment_account_id,
        document.AgencyRef.value as tax_agency_id,

        document.Description as description,

        document.PaymentAmount::decimal(18, 2) as payment_amount,

        document.Refund as is_refund,

        document.PaymentDate as payment_date,

        sync_token,
        created_at,
        last_updated_at,
    from tax_payments
)

select * from final
