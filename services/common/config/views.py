"""What the API and the command line show of a configuration: bodies of /api/v1."""

from __future__ import annotations

from services.common.watchlist import Watchlist


def companies_body(watchlist: Watchlist) -> dict[str, object]:
    """Return the body of GET /api/v1/companies, sorted by id; `owner` is null without one."""
    companies = sorted(watchlist.companies.values(), key=lambda company: company.id)
    return {
        "companies": [
            {
                "id": company.id,
                "name": company.name,
                "aliases": [alias.text for alias in company.names if alias.text != company.name],
                "owner": company.owner,
                "tags": list(company.tags),
            }
            for company in companies
        ]
    }
