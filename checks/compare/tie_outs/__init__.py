"""Our figures beside QuickBooks's own, by a second route: its reports and balances against our documents."""
