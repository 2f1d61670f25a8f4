#include "server/prompts/prompts.hpp"

#include "server/auth/scopes.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/routes.hpp"

#include <haven/sql_prompts.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace haven::prompts {
namespace {

using http::Method;
using http::Policy;
using http::Route;
namespace who = http::who;
namespace scope = http::scope;

constexpr http::BodyRule text{
    .kind = http::BodyKind::json, .bytes_max = std::size_t{1} << 20U, .again = http::Again::once};
constexpr auth::Scopes of_prompts = scope::prompts | scope::clinic;
constexpr http::Who readers = who::services | who::reviewers;
constexpr http::Who writers = who::services | who::supervisors;

constexpr std::array table{
    Route{Method::get, "/v1/prompts",
          Policy::plain(readers, of_prompts, "prompt_list", "prompt_registry"), http::no_body,
          http::list<sql::prompts::list_prompts>},
    Route{Method::get, "/v1/prompts/{prompt_id}",
          Policy::plain(readers, of_prompts, "prompt_read", "prompt_registry"), http::no_body,
          http::operate<sql::prompts::get_prompt>},
    Route{Method::put, "/v1/prompts/{prompt_id}",
          Policy::plain(writers, of_prompts, "prompt_create", "prompt_registry"), text,
          http::operate<sql::prompts::put_prompt>},
    Route{Method::put, "/v1/prompts/{prompt_id}/status",
          Policy::plain(writers, of_prompts, "prompt_status", "prompt_registry"),
          http::json_body.with(http::Again::mark), http::operate<sql::prompts::put_prompt_status>},
};

} // namespace

std::span<const http::Route> routes() {
    return table;
}

} // namespace haven::prompts
