#include "server/http/write.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/codec.hpp"
#include "net/api/records.hpp"
#include "server/audit/audit.hpp"
#include "server/http/application.hpp"
#include "server/http/digest.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/store/database.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <optional>
#include <utility>
#include <vector>

namespace haven::http {

namespace asio = boost::asio;

Answer answer_of_write(const store::Row& outcome, const Uuid& id, const Digest& received) {
    const auto status = outcome.get<std::int32_t>("status");
    switch (status) {
    case 200:
    case 201:
        return json(status, api::encode(api::Receipt{.id = id, .sha256 = hexadecimal(received)}));
    case 404:
        return std::unexpected(not_found());
    case 409:
        return std::unexpected(conflict());
    case 422:
        return std::unexpected(
            invalid_body({{.pointer = outcome.get<std::string>("pointer"),
                           .detail = "There is no such resource, or none of yours."}}));
    case 503: // what was looked at before the transaction has changed since
        return std::unexpected(unavailable(std::chrono::seconds(1)));
    default:
        throw store::BadRow(std::format("a write answered with the status {}", status));
    }
}

asio::awaitable<Answer> write_once(Exchange& exchange, const Digest& received, store::Call write,
                                   std::optional<Uuid> also_lock) {
    std::vector<store::Call> calls;
    calls.push_back(audit::lock_id(exchange.id()));
    if (also_lock) {
        calls.push_back(audit::lock_id(*also_lock));
    }
    const std::size_t place = calls.size();
    calls.push_back(std::move(write));
    calls.push_back(audit::record_access(exchange));
    const auto batch = co_await exchange.write(std::move(calls));
    if (!batch) {
        co_return std::unexpected(problem_of(batch.error(), exchange.request.id));
    }
    const store::Rows& outcome = batch->at(place);
    if (outcome.empty()) {
        co_return std::unexpected(not_found());
    }
    co_return answer_of_write(outcome.front(), exchange.id(), received);
}

asio::awaitable<std::expected<store::Rows, Problem>> look_once(Exchange& exchange,
                                                               store::Call look) {
    std::vector<store::Call> calls;
    calls.push_back(std::move(look));
    calls.push_back(audit::record_access(exchange));
    auto batch = co_await exchange.write(std::move(calls));
    if (!batch) {
        co_return std::unexpected(problem_of(batch.error(), exchange.request.id));
    }
    if (batch->front().empty()) {
        co_return std::unexpected(not_found());
    }
    co_return std::move(batch->front());
}

} // namespace haven::http
