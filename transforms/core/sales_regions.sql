-- One row per document that sells or takes back: where the sale went, by the document's shipping address, else its
-- billing address, else the customer's. An address counts when it says country, state or postal code; one typed as free
-- lines when a line ends like "Palo Alto, CA 94303".
with

companies as (
    select * from core.companies
),

customers as (
    select * from staging.customers
),

documents as (
    select *, 'Invoice' as doc_type, invoice_id as doc_id from staging.invoices
    union all by name
    select *, 'SalesReceipt' as doc_type, sales_receipt_id as doc_id from staging.sales_receipts
    union all by name
    select *, 'CreditMemo' as doc_type, credit_memo_id as doc_id from staging.credit_memos
    union all by name
    select *, 'RefundReceipt' as doc_type, refund_receipt_id as doc_id from staging.refund_receipts
),

countries as (
    select * from core.countries
),

states as (
    select *
    from (values
        ('US', 'AL', 'ALABAMA'), ('US', 'AK', 'ALASKA'), ('US', 'AZ', 'ARIZONA'), ('US', 'AR', 'ARKANSAS'),
        ('US', 'CA', 'CALIFORNIA'), ('US', 'CO', 'COLORADO'), ('US', 'CT', 'CONNECTICUT'),
        ('US', 'DE', 'DELAWARE'), ('US', 'DC', 'DISTRICT OF COLUMBIA'), ('US', 'FL', 'FLORIDA'),
        ('US', 'GA', 'GEORGIA'), ('US', 'HI', 'HAWAII'), ('US', 'ID', 'IDAHO'), ('US', 'IL', 'ILLINOIS'),
        ('US', 'IN', 'INDIANA'), ('US', 'IA', 'IOWA'), ('US', 'KS', 'KANSAS'), ('US', 'KY', 'KENTUCKY'),
        ('US', 'LA', 'LOUISIANA'), ('US', 'ME', 'MAINE'), ('US', 'MD', 'MARYLAND'),
        ('US', 'MA', 'MASSACHUSETTS'), ('US', 'MI', 'MICHIGAN'), ('US', 'MN', 'MINNESOTA'),
        ('US', 'MS', 'MISSISSIPPI'), ('US', 'MO', 'MISSOURI'), ('US', 'MT', 'MONTANA'),
        ('US', 'NE', 'NEBRASKA'), ('US', 'NV', 'NEVADA'), ('US', 'NH', 'NEW HAMPSHIRE'),
        ('US', 'NJ', 'NEW JERSEY'), ('US', 'NM', 'NEW MEXICO'), ('US', 'NY', 'NEW YORK'),
        ('US', 'NC', 'NORTH CAROLINA'), ('US', 'ND', 'NORTH DAKOTA'), ('US', 'OH', 'OHIO'),
        ('US', 'OK', 'OKLAHOMA'), ('US', 'OR', 'OREGON'), ('US', 'PA', 'PENNSYLVANIA'),
        ('US', 'PR', 'PUERTO RICO'), ('US', 'RI', 'RHODE ISLAND'), ('US', 'SC', 'SOUTH CAROLINA'),
        ('US', 'SD', 'SOUTH DAKOTA'), ('US', 'TN', 'TENNESSEE'), ('US', 'TX', 'TEXAS'), ('US', 'UT', 'UTAH'),
        ('US', 'VT', 'VERMONT'), ('US', 'VA', 'VIRGINIA'), ('US', 'WA', 'WASHINGTON'),
        ('US', 'WV', 'WEST VIRGINIA'), ('US', 'WI', 'WISCONSIN'), ('US', 'WY', 'WYOMING'),
        ('CA', 'AB', 'ALBERTA'), ('CA', 'BC', 'BRITISH COLUMBIA'), ('CA', 'MB', 'MANITOBA'),
        ('CA', 'NB', 'NEW BRUNSWICK'), ('CA', 'NL', 'NEWFOUNDLAND AND LABRADOR'), ('CA', 'NS', 'NOVA SCOTIA'),
        ('CA', 'NT', 'NORTHWEST TERRITORIES'), ('CA', 'NU', 'NUNAVUT'), ('CA', 'ON', 'ONTARIO'),
        ('CA', 'PE', 'PRINCE EDWARD ISLAND'), ('CA', 'QC', 'QUEBEC'), ('CA', 'SK', 'SASKATCHEWAN'),
        ('CA', 'YT', 'YUKON'),
        ('AU', 'ACT', 'AUSTRALIAN CAPITAL TERRITORY'), ('AU', 'NSW', 'NEW SOUTH WALES'),
        ('AU', 'NT', 'NORTHERN TERRITORY'), ('AU', 'QLD', 'QUEENSLAND'), ('AU', 'SA', 'SOUTH AUSTRALIA'),
        ('AU', 'TAS', 'TASMANIA'), ('AU', 'VIC', 'VICTORIA'), ('AU', 'WA', 'WESTERN AUSTRALIA')
    ) as named(country, state, spelling)
),

written as (
    select
        realm_id,
        doc_type,
        doc_id,
        customer_id,
        shipping_country,
        shipping_state,
        shipping_postal_code,
        billing_country,
        billing_state,
        billing_postal_code,
        regexp_extract_all(
            concat_ws(' ', shipping_line1, shipping_line2, shipping_line3, shipping_line4, shipping_line5),
            '\b([A-Z]{2})[.,]? +([0-9]{5}|[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9])\b'
        )[-1] as shipping_end,
        regexp_extract_all(
            concat_ws(' ', billing_line1, billing_line2, billing_line3, billing_line4, billing_line5),
            '\b([A-Z]{2})[.,]? +([0-9]{5}|[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9])\b'
        )[-1] as billing_end,
    from documents
),

-- One element per address, the first that says anything wins.
said as (
    select
        written.realm_id,
        written.doc_type,
        written.doc_id,
        [
            written.shipping_country,
            written.billing_country,
            customers.shipping_country,
            customers.billing_country,
        ] as countries_said,
        [
            coalesce(nullif(written.shipping_state, ''), left(shipping_end, 2)),
            coalesce(nullif(written.billing_state, ''), left(billing_end, 2)),
            customers.shipping_state,
            customers.billing_state,
        ] as states_said,
        [
            coalesce(nullif(written.shipping_postal_code, ''), substring(shipping_end, 3)),
            coalesce(nullif(written.billing_postal_code, ''), substring(billing_end, 3)),
            customers.shipping_postal_code,
            customers.billing_postal_code,
        ] as codes_said,
        case
            when concat(countries_said[1], states_said[1], codes_said[1]) <> '' then 1
            when concat(countries_said[2], states_said[2], codes_said[2]) <> '' then 2
            when concat(countries_said[3], states_said[3], codes_said[3]) <> '' then 3
            when concat(countries_said[4], states_said[4], codes_said[4]) <> '' then 4
        end as place,
    from written
    left join customers using (realm_id, customer_id)
),

tidied as (
    select
        realm_id,
        doc_type,
        doc_id,
        coalesce(['document_ship', 'document_bill', 'customer', 'customer'][place], 'none') as region_source,
        countries_said[place] as country_typed,
        nullif(upper(strip_accents(trim(replace(countries_said[place], '.', '')))), '') as country_said,
        nullif(upper(strip_accents(trim(replace(states_said[place], '.', '')))), '') as state_said,
        nullif(regexp_replace(upper(codes_said[place]), '[^A-Z0-9]', '', 'g'), '') as code,
    from said
),

placed as (
    select
        tidied.*,
        if(
            region_source = 'none',
            null,
            coalesce(countries.country, country_said, companies.country)
        ) as country,
    from tidied
    join companies using (realm_id)
    left join countries on countries.realm_id = tidied.realm_id and countries.spelling = tidied.country_typed
),

final as (
    select
        -- Country, two letters where the spelling is known; the company's own when the address has none.
        placed.country,
        -- State or province, a code where the spelling is known; null when the address has none.
        coalesce(states.state, placed.state_said) as state,
        -- First three letters or digits of the postal code; of a British one, its district.
        coalesce(
            nullif(regexp_extract(placed.code, '^([A-Z]{1,2}[0-9]{1,2})[A-Z]?[0-9][A-Z]{2}$', 1), ''),
            left(placed.code, 3)
        ) as postal_prefix,
        placed.region_source,  -- Address taken: document_ship, document_bill, customer, or none.
        placed.doc_type,  -- Type of the document: Invoice, SalesReceipt, CreditMemo or RefundReceipt.

        placed.realm_id,  -- QuickBooks id of the company (realm).
        placed.doc_id,  -- QuickBooks id of the document.
    from placed
    left join states
        on states.country = placed.country and states.spelling = placed.state_said
)

select * from final
