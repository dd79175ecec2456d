// The published file as Evidence's connector for DuckDB reads it when `npm run sources` runs.

const { readFileSync } = require("fs");
const { getRunner } = require("@evidence-dev/duckdb");

async function table(run, question) {
	const answer = await run(question, "question.sql");
	const rows = [];
	for await (const batch of answer.rows()) rows.push(...batch);
	return rows;
}

async function main() {
	const asked = JSON.parse(readFileSync(0));
	const run = await getRunner({ filename: asked.file }, "");
	const rows = {};
	for (const view of asked.views) rows[view] = (await table(run, `select * from ${view}`)).length;
	const [{ owed }] = await table(run, asked.owed);
	const [{ moment }] = await table(run, asked.moment);
	const versions = {};
	for (const name of ["@evidence-dev/duckdb", "@duckdb/node-api"])
		versions[name] = JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version;
	console.log(JSON.stringify({ versions, rows, owed, moment: moment.toISOString().slice(0, 19) }));
}

main();
