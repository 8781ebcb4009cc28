-- Intents, their example questions and what they were trained on.

select 1;
