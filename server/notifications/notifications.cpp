#include "server/notifications/notifications.hpp"

#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/routes.hpp"
#include "server/notifications/unsubscribe.hpp"

#include <haven/sql_notifications.hpp>

#include <array>
#include <cstddef>
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

constexpr Policy own_choice(const char* action, const char* table_name) {
    return Policy::plain(who::users, scope::account, action, table_name);
}

constexpr http::BodyRule one_click{
    .kind = http::BodyKind::form, .bytes_max = std::size_t{1} << 10U, .again = http::Again::anew};

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
    Route{get, "/v1/users/me/notification-preferences",
          own_choice("notification_preferences_read", "notification_preferences"), http::no_body,
          http::operate<sql::notifications::get_preferences>},
    Route{patch, "/v1/users/me/notification-preferences",
          own_choice("notification_preferences_change", "notification_preferences"),
          http::merge_body, http::operate<sql::notifications::patch_preferences>},
    Route{get, "/v1/users/me/reminders", own_choice("reminder_list", "reminders"), http::no_body,
          http::operate<sql::notifications::get_reminders>},
    Route{get, "/v1/users/me/reminders/{id}", own_choice("reminder_read", "reminders"),
          http::no_body, http::operate<sql::notifications::get_reminder>},
    Route{put, "/v1/users/me/reminders/{id}", own_choice("reminder_set", "reminders"),
          http::json_body, http::operate<sql::notifications::put_reminder>},
    Route{remove, "/v1/users/me/reminders/{id}", own_choice("reminder_delete", "reminders"),
          http::no_body, http::operate<sql::notifications::delete_reminder>},
    Route{post, "/v1/unsubscriptions/{token}", Policy::open("unsubscribe"), one_click, unsubscribe},
};

} // namespace

std::span<const Route> routes() {
    return table;
}

} // namespace haven::notifications
