#include "server/vr/vr.hpp"

#include "net/api/limits.hpp"
#include "server/auth/scopes.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/routes.hpp"
#include "server/objects/loose_objects.hpp"
#include "server/vr/drawings.hpp"
#include "server/vr/exports.hpp"
#include "server/vr/traces.hpp"

#include <haven/sql_vr.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace haven::vr {
namespace {

using http::BodyKind;
using http::BodyRule;
using http::Policy;
using http::Route;
using enum http::Method;

/// A headset brings, and reads nothing back.
constexpr auth::Scopes bringing = http::scope::journal | http::scope::drawing;

constexpr Policy own(std::string_view action, std::string_view resource_type,
                     auth::Scopes scopes = http::scope::journal) {
    return Policy::health(http::who::users, scopes, action, resource_type,
                          "the person's own device");
}

constexpr Policy of_stay(std::string_view action, auth::Scopes scopes = http::scope::journal) {
    return own(action, "vr_sessions", scopes);
}

constexpr Policy of_drawing(std::string_view action, auth::Scopes scopes = http::scope::journal) {
    return own(action, "bilateral_drawings", scopes);
}

constexpr BodyRule metrics{.kind = BodyKind::json,
                           .bytes_max = api::metrics_body_bytes_max,
                           .receipt = true,
                           .again = http::Again::once};
constexpr BodyRule ink{.kind = BodyKind::json,
                       .bytes_max = api::drawing_body_bytes_max,
                       .read_first = false,
                       .again = http::Again::once};
constexpr BodyRule chunk{.kind = BodyKind::octets,
                         .bytes_max = static_cast<std::size_t>(api::trace_chunk_bytes_max),
                         .again = http::Again::once};

constexpr std::array table{
    Route{get, "/v1/sessions/{id}/vr-sessions", own("vr_session_list", "sessions"), http::no_body,
          http::list<sql::vr::list_vr_sessions>},
    Route{get, "/v1/vr-sessions/{id}", of_stay("vr_session_read"), http::no_body,
          http::operate<sql::vr::get_vr_session>},
    Route{put, "/v1/vr-sessions/{id}", of_stay("vr_session_start", bringing), http::device_body,
          http::operate<sql::vr::put_vr_session>},
    Route{put, "/v1/vr-sessions/{id}/metrics", of_stay("vr_session_metrics", bringing), metrics,
          http::operate<sql::vr::put_metrics>},
    Route{put, "/v1/vr-sessions/{id}/end", of_stay("vr_session_end", bringing), http::device_body,
          http::operate<sql::vr::end_vr_session>},
    Route{get, "/v1/exercises/{id}/bilateral-drawings", own("bilateral_drawing_list", "exercises"),
          http::no_body, http::list<sql::vr::list_drawings>},
    Route{get, "/v1/bilateral-drawings/{id}", of_drawing("bilateral_drawing_read"), http::no_body,
          http::operate<sql::vr::get_drawing>},
    Route{put, "/v1/bilateral-drawings/{id}", of_drawing("bilateral_drawing_create", bringing), ink,
          put_drawing},
    Route{remove, "/v1/bilateral-drawings/{id}", of_drawing("bilateral_drawing_delete"),
          http::no_body, objects::erase<sql::vr::delete_drawing>},
    Route{get, "/v1/bilateral-drawings/{id}/canvases/{sheet}", of_drawing("canvas_read"),
          http::no_body, get_canvas},
    Route{get, "/v1/bilateral-drawings/{id}/model.glb", of_drawing("drawing_model_read"),
          http::no_body, get_model},
    Route{get, "/v1/bilateral-drawings/{id}/view.svg", of_drawing("drawing_view_read"),
          http::no_body, get_view},
    Route{get, "/v1/bilateral-drawings/{id}/trace.csv", of_drawing("motion_trace_read"),
          http::no_body, get_trace_table},
    Route{get, "/v1/bilateral-drawings/{id}/trace", of_drawing("motion_trace_status", bringing),
          http::no_body, get_trace},
    Route{put, "/v1/bilateral-drawings/{id}/trace", of_drawing("motion_trace_complete", bringing),
          http::json_body, complete_trace},
    Route{put, "/v1/bilateral-drawings/{id}/trace/{offset}",
          of_drawing("motion_trace_append", bringing), chunk, put_trace_chunk},
};

} // namespace

std::span<const Route> routes() {
    return table;
}

} // namespace haven::vr
