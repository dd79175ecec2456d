-- The tables that no build makes, as commit 42b615e left them after two nights of the embedded companies: their
-- definitions, and a few rows of each company, under ids of companies that no test has.
set timezone = 'UTC';
create schema if not exists build;
drop table if exists build.checked_applications;
CREATE TABLE build.checked_applications(realm_id VARCHAR, source_type VARCHAR, source_id VARCHAR, target_type VARCHAR, target_id VARCHAR, applied_amount DECIMAL(18,2), effective_date DATE);
insert into build.checked_applications values
    ('9130350000000901', 'Payment', '572', 'Deposit', '477', '3702.88', '2025-02-03'),
    ('9130350000000901', 'Payment', '1616', 'JournalEntry', '1623', '430.79', '2025-05-06'),
    ('9130350000000902', 'Payment', '1155', 'JournalEntry', '1037', '6.27', '2026-07-30'),
    ('9130350000000902', 'Payment', '165', 'JournalEntry', '163', '19.77', '2025-03-20');
drop table if exists build.checked_companies;
CREATE TABLE build.checked_companies(realm_id VARCHAR, checked_date DATE);
insert into build.checked_companies values
    ('9130350000000902', '2026-11-25'),
    ('9130350000000901', '2026-11-25');
drop table if exists build.checked_receivables;
CREATE TABLE build.checked_receivables(realm_id VARCHAR, doc_type VARCHAR, doc_id VARCHAR, customer_id VARCHAR, doc_number VARCHAR, ar_amount DECIMAL(18,2), exchange_rate DECIMAL(24,10), is_voided BOOLEAN, txn_date DATE, due_date DATE);
insert into build.checked_receivables values
    ('9130350000000902', 'Payment', '14', '6', null, '-138.50', '1.3581150000', 'false', '2024-12-02', '2024-12-02'),
    ('9130350000000902', 'Payment', '25', '6', null, '-270.00', '1.3554180000', 'false', '2024-12-09', '2024-12-09'),
    ('9130350000000901', 'Payment', '15', '62', null, '-240.00', '1.0000000000', 'false', '2024-11-20', '2024-11-20'),
    ('9130350000000901', 'Payment', '24', '130', null, '-902.56', '1.0000000000', 'false', '2024-11-21', '2024-11-21');
drop table if exists build.passed;
CREATE TABLE build.passed(realm_id VARCHAR, withheld VARCHAR[]);
insert into build.passed values
    ('9130350000000902', '[]'),
    ('9130350000000901', '[]');
create schema if not exists checks;
drop table if exists checks.accuracy;
CREATE TABLE checks.accuracy(realm_id VARCHAR NOT NULL, run_id VARCHAR NOT NULL, as_of_date DATE, entity VARCHAR, "method" VARCHAR, accuracy DOUBLE, completeness DOUBLE, currentness DOUBLE, money_accuracy DOUBLE, source_count BIGINT, warehouse_count BIGINT, missing_count BIGINT, phantom_count BIGINT, stale_count BIGINT, content_diff_count BIGINT, money_diff_count BIGINT, in_flight_count BIGINT, source_amount DECIMAL(38,2), warehouse_amount DECIMAL(38,2), amount_diff DECIMAL(38,2), cutoff_at TIMESTAMP WITH TIME ZONE);
insert into checks.accuracy values
    ('9130350000000901', '2026-12-01T10:13:52.216Z', '2026-11-20', 'Account', 'count', '1.0', '1.0', '1.0', null, '38', '38', '0', '0', '0', '0', '0', '0', null, null, null, '2026-11-20 16:55:00+00'),
    ('9130350000000901', '2026-12-01T10:13:52.216Z', '2026-11-20', 'Attachable', 'count', '1.0', '1.0', '1.0', null, '55', '55', '0', '0', '0', '0', '0', '0', null, null, null, '2026-11-20 16:55:00+00'),
    ('9130350000000902', '2026-12-01T10:13:52.216Z', '2026-11-20', 'Account', 'count', '1.0', '1.0', '1.0', null, '44', '44', '0', '0', '0', '0', '0', '0', null, null, null, '2026-11-20 16:55:00+00'),
    ('9130350000000902', '2026-12-01T10:13:52.216Z', '2026-11-20', 'Attachable', 'count', '1.0', '1.0', '1.0', null, '7', '7', '0', '0', '0', '0', '0', '0', null, null, null, '2026-11-20 16:55:00+00');
drop table if exists checks.differences;
CREATE TABLE checks.differences(realm_id VARCHAR NOT NULL, run_id VARCHAR NOT NULL, as_of_date DATE, check_name VARCHAR, entity VARCHAR, id VARCHAR, column_name VARCHAR, expected VARCHAR, actual VARCHAR, amount_diff DECIMAL(38,8), state VARCHAR);
insert into checks.differences values
    ('9130350000000901', '2026-12-01T10:13:52.216Z', '2026-11-20', 'invoices_without_terms', 'Invoice', '10125', 'term_id, due_date', 'terms', 'none, due 2026-08-20', null, 'warning'),
    ('9130350000000901', '2026-12-01T10:13:52.216Z', '2026-11-20', 'invoices_without_terms', 'Invoice', '10124', 'term_id, due_date', 'terms', 'none, due 2026-08-21', null, 'warning'),
    ('9130350000000902', '2026-12-01T10:13:52.216Z', '2026-11-20', 'invoices_without_terms', 'Invoice', '1403', 'term_id, due_date', 'terms', 'none, due 2026-09-10', null, 'warning'),
    ('9130350000000902', '2026-12-01T10:13:52.216Z', '2026-11-20', 'invoices_without_terms', 'Invoice', '1397', 'term_id, due_date', 'terms', 'none, due 2026-10-19', null, 'warning');
drop table if exists checks.money;
CREATE TABLE checks.money(realm_id VARCHAR NOT NULL, run_id VARCHAR NOT NULL, as_of_date DATE, entity VARCHAR, "month" DATE, currency VARCHAR, money_accuracy DOUBLE, source_amount DECIMAL(38,2), warehouse_amount DECIMAL(38,2), amount_diff DECIMAL(38,2), source_balance DECIMAL(38,2), warehouse_balance DECIMAL(38,2), balance_diff DECIMAL(38,2));
drop table if exists checks.results;
CREATE TABLE checks.results(realm_id VARCHAR NOT NULL, run_id VARCHAR NOT NULL, as_of_date DATE, suite VARCHAR, expectation VARCHAR, column_name VARCHAR, severity VARCHAR, is_passed BOOLEAN, observed VARCHAR, unexpected_count BIGINT, description VARCHAR);
insert into checks.results values
    ('9130350000000901', '2026-12-01T10:13:52.216Z', '2026-11-20', 'core.companies', 'expect_column_values_to_be_unique', 'realm_id', 'critical', 'true', '', '0', 'Fails if it has two rows.'),
    ('9130350000000901', '2026-12-01T10:13:52.216Z', '2026-11-20', 'core.companies', 'expect_column_values_to_not_be_null', 'as_of_date', 'critical', 'true', '', '0', 'Fails if as_of_date is missing.'),
    ('9130350000000902', '2026-12-01T10:13:52.216Z', '2026-11-20', 'core.companies', 'expect_column_values_to_be_unique', 'realm_id', 'critical', 'true', '', '0', 'Fails if it has two rows.'),
    ('9130350000000902', '2026-12-01T10:13:52.216Z', '2026-11-20', 'core.companies', 'expect_column_values_to_not_be_null', 'as_of_date', 'critical', 'true', '', '0', 'Fails if as_of_date is missing.');
create schema if not exists history;
drop table if exists history.open_items;
CREATE TABLE history.open_items(realm_id VARCHAR, as_of_date DATE, doc_type VARCHAR, doc_id VARCHAR, customer_id VARCHAR, root_customer_id VARCHAR, doc_number VARCHAR, currency VARCHAR, exchange_rate DECIMAL(24,10), original_amount DECIMAL(18,2), ar_amount DECIMAL(18,2), open_amount DECIMAL(18,2), open_home DECIMAL(18,2), days_past_due INTEGER, bucket VARCHAR, txn_date DATE, due_date DATE);
insert into history.open_items values
    ('9130350000000901', '2026-11-20', 'Invoice', '5948', '168', '168', '3450', 'USD', '1.0000000000', '1295.51', '1295.51', '1295.51', '1295.51', '217', '91+', '2026-03-18', '2026-04-17'),
    ('9130350000000901', '2026-11-20', 'Invoice', '6098', '36', '36', '3511', 'USD', '1.0000000000', '2702.66', '2702.66', '2702.66', '2702.66', '178', '91+', '2026-03-27', '2026-05-26'),
    ('9130350000000902', '2026-11-20', 'Payment', '243', '5', '3', null, 'CAD', '1.0000000000', '316.04', '-316.04', '-12.63', '-12.63', '569', '91+', '2025-04-30', '2025-04-30'),
    ('9130350000000902', '2026-11-20', 'Payment', '348', '45', '40', null, 'CAD', '1.0000000000', '232.65', '-232.65', '-232.65', '-232.65', '520', '91+', '2025-06-18', '2025-06-18');
drop table if exists history.restated_transactions;
CREATE TABLE history.restated_transactions(realm_id VARCHAR, doc_type VARCHAR, doc_id VARCHAR, customer_id VARCHAR, doc_number VARCHAR, change VARCHAR, field VARCHAR, "before" VARCHAR, "after" VARCHAR, amount_difference DECIMAL(18,2), month_start DATE, compared_date DATE, found_date DATE);
insert into history.restated_transactions values
    ('9130350000000901', 'Invoice', '10149', '440', '5211', 'deleted', 'ar_amount', '200.00', null, '-200.00', '2026-10-01', '2026-11-20', '2026-11-25'),
    ('9130350000000902', 'Invoice', '1282', '73', '1400', 'changed', 'ar_amount', '6499.41', '3787.41', '-2712.00', '2026-09-01', '2026-11-20', '2026-11-25'),
    ('9130350000000902', 'Payment', '1310', '73', null, 'reapplied', 'applied to Invoice 1282', '6499.41', '3787.41', null, '2026-10-01', '2026-11-20', '2026-11-25');
create schema if not exists ops;
drop table if exists ops.activity;
CREATE TABLE ops.activity(run_id VARCHAR, realm_id VARCHAR, happened_at TIMESTAMP WITH TIME ZONE, entity VARCHAR, id VARCHAR, doc_number VARCHAR, "event" VARCHAR, field VARCHAR, "before" VARCHAR, "after" VARCHAR, found_by VARCHAR, past_month DATE);
insert into ops.activity values
    ('2026-12-01T11:34:45.929Z', '9130350000000902', '2026-11-20 17:17:10+00', 'Bill', '1449', 'B-93861', 'created', null, null, '968.19', 'changes', null),
    ('2026-12-01T11:34:45.929Z', '9130350000000902', '2026-11-20 17:17:10+00', 'BillPayment', '1450', null, 'created', null, null, '968.19', 'changes', null),
    ('2026-12-01T11:34:45.929Z', '9130350000000901', '2026-11-24 19:20:11+00', 'Bill', '10249', null, 'created', null, null, '12270.0', 'changes', null),
    ('2026-12-01T11:34:45.929Z', '9130350000000901', '2026-11-20 18:33:36+00', 'Bill', '10204', null, 'created', null, null, '987.75', 'changes', null);
drop table if exists ops.runs;
CREATE TABLE ops.runs(run_id VARCHAR, realm_id VARCHAR, "trigger" VARCHAR, started_at TIMESTAMP WITH TIME ZONE, ended_at TIMESTAMP WITH TIME ZONE, step VARCHAR, verdict VARCHAR, exit_code INTEGER, calls_query INTEGER, calls_cdc INTEGER, calls_batch INTEGER, calls_report INTEGER, calls_read INTEGER, calls_batch_item INTEGER, calls_token INTEGER, versions VARCHAR, "error" VARCHAR, intuit_tid VARCHAR);
insert into ops.runs values
    ('2026-12-01T10:13:52.216Z', '9130350000000901', 'manual', '2026-12-01 10:13:52.216072+00', '2026-12-01 10:16:14.279615+00', 'done', 'published', '0', '33', '1', '4', '2', '0', '94', '0', 'quickduck 0.1.0, dlt 1.31.0, duckdb 2.0.0', null, null),
    ('2026-12-01T10:13:52.216Z', '9130350000000902', 'manual', '2026-12-01 10:13:52.216072+00', '2026-12-01 10:16:15.042148+00', 'done', 'published', '0', '24', '1', '4', '2', '0', '94', '0', 'quickduck 0.1.0, dlt 1.31.0, duckdb 2.0.0', null, null),
    ('2026-12-01T11:34:45.929Z', '9130350000000901', 'manual', '2026-12-01 11:34:45.929837+00', '2026-12-01 11:36:19.929967+00', 'done', 'published', '0', '2', '1', '2', '2', '0', '47', '0', 'quickduck 0.1.0, dlt 1.31.0, duckdb 2.0.0', null, null),
    ('2026-12-01T11:34:45.929Z', '9130350000000902', 'manual', '2026-12-01 11:34:45.929837+00', '2026-12-01 11:36:20.133609+00', 'done', 'published', '0', '0', '1', '2', '2', '0', '47', '0', 'quickduck 0.1.0, dlt 1.31.0, duckdb 2.0.0', null, null);
drop table if exists ops.sync_status;
CREATE TABLE ops.sync_status(realm_id VARCHAR, entity VARCHAR, cursor_at TIMESTAMP WITH TIME ZONE, last_synced_at TIMESTAMP WITH TIME ZONE, live_rows BIGINT, deletions BIGINT, accuracy DOUBLE, state VARCHAR, "error" VARCHAR);
insert into ops.sync_status values
    ('9130350000000901', 'Account', '2026-11-24 20:57:11+00', '2026-11-25 17:00:01.025+00', '38', '0', '1.0', 'synced', null),
    ('9130350000000901', 'Attachable', '2026-11-06 17:33:05+00', '2026-11-25 17:00:01.025+00', '55', '0', '1.0', 'synced', null),
    ('9130350000000902', 'Account', '2026-11-24 18:08:00+00', '2026-11-25 17:00:00.8+00', '44', '0', '1.0', 'synced', null),
    ('9130350000000902', 'Attachable', '2026-09-21 16:40:20+00', '2026-11-25 17:00:00.8+00', '7', '0', '1.0', 'synced', null);
