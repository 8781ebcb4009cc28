-- Flows as versioned data and what they did.

select 1;
