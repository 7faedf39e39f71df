"""Written by ``make surface`` from the list in ``__init__.py``, for type checkers and editors."""

from stratagem.model import ResourceRequest as ResourceRequest
from stratagem_pools.factory import Factory as Factory
from stratagem_pools.factory import Key as Key
from stratagem_pools.member import Asker as Asker
from stratagem_pools.member import Lease as Lease
from stratagem_pools.member import Member as Member
from stratagem_pools.member import Reason as Reason
from stratagem_pools.member import State as State
from stratagem_pools.pool import ANYONE as ANYONE
from stratagem_pools.pool import Pool as Pool
from stratagem_pools.provider import PooledProvider as PooledProvider
from stratagem_pools.provider import PoolPlugin as PoolPlugin
from stratagem_pools.provider import asker_of as asker_of
from stratagem_pools.settings import PoolSettings as PoolSettings
from stratagem_pools.stats import PoolStats as PoolStats
