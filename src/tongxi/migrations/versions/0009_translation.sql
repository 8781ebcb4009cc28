-- Glossary and translated messages.

select 1;
