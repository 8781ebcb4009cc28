-- More kinds of knowledge: sources, validity, media.

select 1;
