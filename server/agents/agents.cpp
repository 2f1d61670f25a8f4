#include "server/agents/agents.hpp"

#include "server/auth/scopes.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/routes.hpp"

#include <haven/sql_agents.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace haven::agents {
namespace {

using http::Method;
using http::Policy;
using http::Route;
namespace who = http::who;
namespace scope = http::scope;

constexpr http::BodyRule batch{
    .kind = http::BodyKind::json, .bytes_max = std::size_t{4} << 20U, .again = http::Again::once};
constexpr auth::Scopes seen = scope::journal | scope::care | scope::agents;
constexpr http::Who tellers = who::services;
constexpr http::Who readers = who::services | who::reviewers;

constexpr std::array table{
    Route{Method::get, "/v1/sessions/{id}/agent-outputs",
          Policy::health(who::signed_in, seen, "agent_output_list", "sessions",
                         "what agents did for the session"),
          http::no_body, http::list<sql::agents::list_agent_outputs>},
    Route{Method::post, "/v1/sessions/{id}/agent-outputs",
          Policy::health(tellers, scope::agents, "agent_output_create", "agent_outputs",
                         "what agents did for the session"),
          batch, http::operate<sql::agents::post_agent_outputs>},
    Route{Method::get, "/v1/agent-outputs/{id}",
          Policy::health(who::signed_in, seen, "agent_output_read", "agent_outputs",
                         "what an agent did for the session"),
          http::no_body, http::operate<sql::agents::get_agent_output>},
    Route{Method::get, "/v1/agent-outputs/{id}/tool-calls",
          Policy::health(readers, scope::agents | scope::care, "tool_call_list", "mcp_tool_calls",
                         "what an agent's tools did"),
          http::no_body, http::list<sql::agents::list_tool_calls>},
    Route{Method::post, "/v1/agent-outputs/{id}/tool-calls",
          Policy::health(tellers, scope::agents, "tool_call_create", "mcp_tool_calls",
                         "what an agent's tools did"),
          batch, http::operate<sql::agents::post_tool_calls>},
    Route{Method::get, "/v1/sessions/{id}/agent-costs",
          Policy::health(readers, scope::agents | scope::care, "agent_cost_read", "agent_outputs",
                         "what the session's agents cost"),
          http::no_body, http::operate<sql::agents::get_session_costs>},
    Route{Method::get, "/v1/agent-costs",
          Policy::plain(who::services | who::supervisors, scope::agents | scope::clinic,
                        "agent_cost_sum", "agent_outputs"),
          http::no_body, http::operate<sql::agents::get_costs>},
};

} // namespace

std::span<const http::Route> routes() {
    return table;
}

} // namespace haven::agents
