"""How the CRM behaves, without HTTP: schema, records, search index, batches, associations."""
