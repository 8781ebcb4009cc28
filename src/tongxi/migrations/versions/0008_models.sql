-- Language models, their purposes and what they cost.

select 1;
