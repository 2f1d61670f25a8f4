#include "server/notifications/notifications.hpp"

#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/routes.hpp"

#include <haven/sql_notifications.hpp>

#include <array>
#include <span>

namespace haven::notifications {
namespace {

using http::Policy;
using http::Route;
namespace who = http::who;
namespace scope = http::scope;
using enum http::Method;

constexpr Policy own(const char* action) {
    return Policy::health(who::users, scope::journal, action, "notifications",
                          "the person's own notifications");
}

constexpr std::array table{
    Route{get, "/v1/notifications", own("notification_list"), http::no_body,
          http::list<sql::notifications::list_notifications>},
    Route{get, "/v1/notifications/unread", own("notification_count"), http::no_body,
          http::operate<sql::notifications::count_unread>},
    Route{put, "/v1/notifications/read", own("notification_mark_all_read"), http::no_body,
          http::operate<sql::notifications::mark_all_read>},
    Route{get, "/v1/notifications/{id}", own("notification_read"), http::no_body,
          http::operate<sql::notifications::get_notification>},
    Route{put, "/v1/notifications/{id}",
          Policy::health(who::services, scope::notifications, "notification_create",
                         "notifications", "telling a person something"),
          http::json_body, http::operate<sql::notifications::put_notification>},
    Route{remove, "/v1/notifications/{id}", own("notification_delete"), http::no_body,
          http::operate<sql::notifications::delete_notification>},
    Route{put, "/v1/notifications/{id}/read", own("notification_mark_read"), http::no_body,
          http::operate<sql::notifications::mark_read>},
};

} // namespace

std::span<const Route> routes() {
    return table;
}

} // namespace haven::notifications
