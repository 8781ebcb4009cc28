-- Connectors to other systems, set on screen.

select 1;
