select customer, count(*) as orders
from orders
group by customer;
select customer, count(*) as orders
from orders
group by customer;
select customer, count(*) as orders
from orders
group by customer;
