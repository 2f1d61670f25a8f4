#include "server/store/actor.hpp"

#include "server/store/param.hpp"

#include "haven/sql_store.hpp"

#include <chrono>
#include <string_view>
#include <utility>

namespace haven::store {

std::string_view to_string(ActorKind kind) {
    switch (kind) {
    case ActorKind::gate:
        return "gate";
    case ActorKind::user:
        return "user";
    case ActorKind::clinician:
        return "clinician";
    case ActorKind::service:
        return "service";
    case ActorKind::job:
        return "job";
    }
    std::unreachable();
}

Call enter(const Actor& actor, std::chrono::milliseconds statement_timeout) {
    return call(sql::store::enter, to_string(actor.kind), actor.id, actor.role,
                statement_timeout.count());
}

} // namespace haven::store
