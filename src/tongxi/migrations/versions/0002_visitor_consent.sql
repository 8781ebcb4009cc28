-- What the consent dialogue of the page said belongs to the browser, not to the customer, who may have several.

alter table visitor_session add column browsing_consent boolean not null default true;
