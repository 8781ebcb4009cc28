-- The bot's settings as versions.

select 1;
