#pragma once

#include "server/auth/principal.hpp"
#include "server/config.hpp"
#include "server/http/byte_budget.hpp"
#include "server/http/contract.hpp"
#include "server/http/listener.hpp"
#include "server/http/message.hpp"
#include "server/http/metrics.hpp"
#include "server/http/password_workers.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/http/worker_pool.hpp"
#include "server/objects/object_store.hpp"
#include "server/seal/seal.hpp"
#include "server/store/actor.hpp"
#include "server/store/database.hpp"
#include "server/store/db_error.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"
#include "server/store/statement.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <expected>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::artifacts {
class VirusScanner;
}
namespace haven::auth {
class BreachedPasswords;
}
namespace haven::vr {
class Canvases;
}
namespace haven::accounts {
class Attempts;
}
namespace haven::events {
class Hub;
}

namespace haven::http {

class Readiness;
class RequestRates;
class SecurityLog;

/// What handlers work with. All of it lives as long as the server and is used on the I/O thread,
/// but for the object store, which is used by the canvas workers.
struct Services {
    const ServerConfig& config;
    const Contract& contract;
    store::Database& database;
    objects::ObjectStore& objects;
    const seal::Seal& seal;
    WorkerPool& object_workers; ///< prove, draw and seal what is kept as objects, and read it
    PasswordWorkers& password_workers;
    vr::Canvases& canvases;
    ByteBudget& body_budget;                      ///< room for what comes
    ByteBudget& answer_budget;                    ///< room for what goes out
    ByteBudget& file_budget;                      ///< the same for files, which wait for it
    std::chrono::milliseconds admission_wait_max; ///< for room in them
    std::chrono::milliseconds identity_time_max;  ///< that a token is good for without another look
    accounts::Attempts& attempts;                 ///< to log in, to make accounts
    RequestRates& rates;
    events::Hub& events;
    artifacts::VirusScanner& virus_scanner;
    const auth::BreachedPasswords* breached_passwords; ///< null: none are known
    SecurityLog& security_log;
    Metrics& metrics;
    Readiness& readiness;
    const bool& schema_ready; ///< until then nothing is read or written
};

/// One request with what answers it.
struct Exchange {
    Exchange(Services& all, Request& one) : services(all), request(one) {}

    Services& services;
    Request& request;

    [[nodiscard]] const Uuid& id() const { return *request.resource_id; }
    /// Who asks, on routes that only users may call.
    [[nodiscard]] const Uuid& user_id() const { return *request.principal->actor.id; }
    /// Whether an audit row of this request is durable.
    bool recorded = false;
    std::string access; ///< what audit::access_of made last
    /// Whom the refusal is about that a transaction ended with.
    std::optional<Uuid> refused_for = {};
    /// In a transaction that sees what who asks may see.
    [[nodiscard]] boost::asio::awaitable<store::Outcome<store::Batch>>
    write(std::vector<store::Call> calls);
    template <typename... P>
    [[nodiscard]] boost::asio::awaitable<store::Outcome<store::Rows>>
    query(const store::Statement& statement, P&&... params) const {
        return services.database.query_as(actor(), statement, std::forward<P>(params)...);
    }

    /// Room in memory for so much, in place of the room that the body had; the body goes with it.
    /// Never both, so nobody holds room while they wait for more. Nothing is wrong, or 503. The
    /// room is held until the answer is out. An answer that is in memory before its size is known
    /// asks for nothing: room for it is found or it is not sent (Application::answer).
    [[nodiscard]] boost::asio::awaitable<std::expected<void, Problem>>
    take_room(ByteBudget& budget, std::size_t bytes) const;

  private:
    [[nodiscard]] const store::Actor& actor() const {
        static const store::Actor gate{};
        return request.principal ? request.principal->actor : gate;
    }
};

/// Whose share of the room in memory a request's is.
[[nodiscard]] ByteBudget::Holder holder_of(const Request& request);

/// What the store could not keep must be kept: 503, whatever the store says, so that the answer
/// tells nothing else. Logged here.
[[nodiscard]] Problem not_recorded(const store::DbError& error, std::string_view request_id);

/// The one table from what the store says to what the client hears. Bugs are logged here.
[[nodiscard]] Problem problem_of(const store::DbError& error, std::string_view request_id);

/// Finds out whose token it is.
using Authenticate =
    boost::asio::awaitable<std::expected<auth::Principal, Problem>> (*)(Services&, const Request&);

/// The stages every request walks: route, policy, head, then its handler. One thread: the I/O's.
class Application final : public Service {
  public:
    Application(Services& services, std::span<const Route> routes, Authenticate authenticate)
        : services_(services), routes_(routes), authenticate_(authenticate) {}

    [[nodiscard]] boost::asio::awaitable<std::expected<void, Problem>>
    admit(Request& request) override;
    [[nodiscard]] boost::asio::awaitable<Response> answer(Request& request) override;
    void complete(const Request& request, Response& response) const override;
    void answered(const Request& request, int status, std::chrono::nanoseconds duration) override;

  private:
    [[nodiscard]] boost::asio::awaitable<std::expected<void, Problem>> identify(Request& request);
    /// Whether who asked may still ask: a body may be long in coming, and a token ends meanwhile.
    [[nodiscard]] boost::asio::awaitable<std::expected<void, Problem>>
    identify_again(Request& request);
    [[nodiscard]] boost::asio::awaitable<std::expected<void, Problem>> let_in(Request& request);
    /// The answer holds room until it is out, or is 503 instead: who reads slowly, or not at all,
    /// holds what others need. What a write answers is little more than the body whose room it has.
    [[nodiscard]] Response held(Request& request, Response answer);
    /// What the head says beyond the route: the query, the body's length and type.
    [[nodiscard]] std::expected<void, Problem> check_head(Request& request) const;

    Services& services_;
    std::span<const Route> routes_;
    Authenticate authenticate_;
};

} // namespace haven::http
