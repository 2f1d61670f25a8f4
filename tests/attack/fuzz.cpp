#include "tests/attack/fuzz.hpp"

#include "server/config.hpp"
#include "server/http/openapi_text.hpp"
#include "tests/attack/api_document.hpp"
#include "tests/attack/fuzz_judge.hpp"
#include "tests/attack/fuzz_world.hpp"
#include "tests/attack/made_values.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"

#include <cstddef>
#include <cstdint>
#include <format>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace haven::test {
namespace {

constexpr std::size_t faults_told = 20;
constexpr std::size_t told_bytes_max = 1500;
constexpr std::size_t tended_every = 25;

std::string shown(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, told_bytes_max)) {
        const auto byte = static_cast<unsigned char>(c);
        out += byte < ' ' || byte >= 0x7F ? std::format("\\x{:02x}", byte) : std::string(1, c);
    }
    return text.size() > told_bytes_max ? std::format("{}... ({} bytes)", out, text.size()) : out;
}

std::string told(std::uint64_t seed, const FuzzRequest& request, const Reply& reply,
                 const std::string& fault) {
    std::string headers;
    for (const std::string& header : request.headers) {
        headers += shown(header) + "\n  ";
    }
    return std::format("{}\n  seed {}, request {}: {} asks {} {}\n  {}{}\n  answered {}: {}", fault,
                       seed, request.number, request.actor->name, request.operation->method,
                       shown(request.path), headers, shown(request.body), reply.status,
                       shown(reply.body));
}

/// What an answer teaches: ids that there are now, cursors, who has gone.
void learn(FuzzWorld& world, RequestMaker& maker, const FuzzRequest& request, const Reply& reply) {
    const std::string& path = request.operation->path;
    const std::string kind = // none of a page, or OAuth's
        path.starts_with("/v1/") ? path.substr(4, path.find('/', 4) - 4) : "";
    if (reply.status == 201 && request.operation->method == "PUT" && path.ends_with("/{id}")) {
        world.add_id(request.subject, kind, request.path_id);
    }
    if (kind == "hitl-escalations" || kind == "crisis-logs") {
        world.add_shared(kind, json_at(reply.body, "/id"));
        world.add_shared(kind, json_at(reply.body, "/items/0/id"));
    }
    world.add_shared("crisis-logs", json_at(reply.body, "/crisis/crisis_log_id"));
    if (request.operation->id == "create_clinician" && reply.status == 201) {
        world.add_shared(kind, json_at(reply.body, "/id"));
    }
    if (const std::string cursor = json_at(reply.body, "/next_cursor");
        !cursor.empty() && cursor != "null") {
        maker.learn_cursor(cursor);
    }
    const bool not_for_them = reply.status == 401 || reply.status == 403;
    if (not_for_them && reply.body.contains(reply.status == 401 ? "unauthorized" : "forbidden")) {
        maker.learn_refused(request);
    }
    if (request.operation->id == "delete_account" && reply.status == 204) {
        world.close(request.actor->person);
    }
    if (reply.status == 401 && request.actor->kind != FuzzActor::Kind::nobody &&
        !request.operation->open) {
        world.revive(*request.actor);
    }
}

void note(FuzzReport& report, std::string fault) {
    ++report.faults_in_all;
    if (report.faults.size() < faults_told) {
        report.faults.push_back(std::move(fault));
    }
}

} // namespace

ServerConfig fuzz_config(const TempDirectory& directory) {
    ServerConfig config = TestServer::fresh_config(directory);
    config.trusted_proxies = "127.0.0.0/8"; // each request says where it comes from
    config.requests_per_minute = 1'000'000;
    return config;
}

FuzzReport fuzz(const TestServer& server, std::uint64_t seed, std::size_t requests) {
    HttpClient reader = server.client();
    if (reader.get("/v1/openapi.yaml").body != http::openapi_text()) {
        throw std::runtime_error("the served document is not the one that was built in");
    }
    const ApiDocument document(http::openapi_json());
    Dice dice(seed);
    FuzzWorld world(server, dice);
    FuzzJudge judge(server.config().database_url, world);
    RequestMaker maker(document, world, dice);
    FuzzReport report;
    for (std::size_t i = 1; i <= requests; ++i) {
        const FuzzRequest request = maker.make(i);
        const Reply reply = request.actor->client->send(request.operation->method, request.path,
                                                        request.body, request.headers);
        ++report.requests;
        ++report.statuses[reply.status];
        for (const std::string& fault : judge.faults_of(request, reply)) {
            note(report, told(seed, request, reply, fault));
        }
        if (reply.status >= 200 && reply.status < 300) {
            report.succeeded.insert(request.operation->id);
        }
        learn(world, maker, request, reply);
        if (i % tended_every == 0) {
            world.tend();
        }
        judge.pass_over_rows();
    }
    for (const std::string& fault : judge.faults_of_totals()) {
        note(report, std::format("{}\n  seed {}, after {} requests", fault, seed, requests));
    }
    return report;
}

std::string summary(const FuzzReport& report) {
    std::string text = std::format("{} requests, {} operations with success, {} faults\n",
                                   report.requests, report.succeeded.size(), report.faults_in_all);
    for (const auto& [status, count] : report.statuses) {
        text += std::format("  {}: {}\n", status, count);
    }
    for (const std::string& fault : report.faults) {
        text += "\n" + fault + "\n";
    }
    return text;
}

} // namespace haven::test
