-- Labelled answers and the certificates made of them.

select 1;
