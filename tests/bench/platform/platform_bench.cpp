// Every read of the API, and its main writes, over a database like the design's year (SPD-5): the
// real server, asked over HTTP by one client that keeps its connection.
#include "server/http/contract.hpp"
#include "server/http/message.hpp"
#include "server/http/openapi_text.hpp"
#include "server/http/routes.hpp"
#include "server/http/routing_table.hpp"
#include "server/log.hpp"
#include "tests/bench/platform/year.hpp"
#include "tests/integration/described.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <format>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <print>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int warm_up = 30;
constexpr int measured = 300;
constexpr std::int64_t people = 50; ///< who ask
constexpr double indexed_p99_ms_max = 10;
constexpr double any_ms_max = 50;
/// Sums over a month of everybody's: no indexed read.
constexpr std::array sums = {"GET /v1/agent-costs"};

struct Times {
    std::string what;
    std::vector<double> ms{};
    std::map<int, int> statuses{};
    std::string last_path{};
    std::string last_token{};
    bool slow = false;

    [[nodiscard]] double percentile(double share) const {
        return ms.at(static_cast<std::size_t>(share * static_cast<double>(ms.size() - 1)));
    }
};

/// Who asks, and for what of theirs.
struct Asking {
    std::int64_t user = 0;
    std::int64_t session = 0;
};

class Bench {
  public:
    Bench(const Year& year, const test::TestServer& server)
        : year_(year), server_(server), client_(server.client()) {
        for (std::int64_t p = 0; p < people; ++p) {
            const std::int64_t user = p * year.users / people;
            users_.push_back(
                {user,
                 server_.token_for("user_id", id_of(Kind::user, user), "account journal").token});
        }
        supervisor_ =
            server_.token_for("clinician_id", id_of(Kind::clinician, 0), "account care clinic")
                .token;
        service_ = server.new_service("bench").token;
    }

    void reads() {
        for (const http::Route& route : http::api_routes()) {
            if (route.method == http::Method::get && route.path.starts_with("/v1/") &&
                route.path != "/v1/openapi.yaml" && route.path != "/v1/events") {
                read(route, "");
                read_list(route);
            }
        }
    }

    void writes() {
        write("/v1/sessions/{id}", [](const std::string&) { return test::session_body(); });
        write("/v1/session-intents/{id}", [](const std::string& session) {
            return std::format(
                R"({{"session_id":"{}","goal_category":"personal","intensity_level":3}})", session);
        });
        write("/v1/exercises/{id}",
              [](const std::string& session) { return test::exercise_body(session); });
        write("/v1/reflections/{id}", [](const std::string& session) {
            return std::format(
                R"({{"session_id":"{}","sentiment_score":0.5,"emotional_tone":"calm"}})", session);
        });
        write("/v1/vr-sessions/{id}",
              [](const std::string& session) { return test::vr_session_body(session); });
    }

    /// The plans of what was too slow, asked for once more.
    void explain(test::TestCluster& cluster) const {
        const std::string& url = server_.config().database_url;
        (void)test::sql_text(
            url, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET session_preload_libraries = "
                 "auto_explain', current_database()); EXECUTE format('ALTER DATABASE %I SET "
                 "auto_explain.log_min_duration = 1', current_database()); EXECUTE format('ALTER "
                 "DATABASE %I SET auto_explain.log_nested_statements = on', current_database()); "
                 "EXECUTE format('ALTER DATABASE %I SET auto_explain.log_analyze = on', "
                 "current_database()); END $$; SELECT 1");
        const test::TestServer server({}, server_.config());
        for (const Times& times : results_) {
            if (times.slow && times.what.starts_with("GET")) {
                const std::size_t before = cluster.log().size();
                test::HttpClient client = server.client();
                client.token = times.last_token;
                (void)client.get(times.last_path);
                std::println("\n{}: its statements over 1 ms\n{}", times.what,
                             cluster.log().substr(before));
            }
        }
    }

    /// Prints the table. Whether every requirement holds.
    [[nodiscard]] bool report() {
        std::println("| request | p50 ms | p95 ms | p99 ms | max ms | answers | in time |");
        std::println("|---|---|---|---|---|---|---|");
        std::size_t all = 0;
        std::size_t quick = 0;
        bool good = true;
        for (Times& times : results_) {
            std::ranges::sort(times.ms);
            all += times.ms.size();
            quick += static_cast<std::size_t>(
                std::ranges::count_if(times.ms, [](double ms) { return ms < any_ms_max; }));
            std::string answers;
            bool answered = true;
            for (const auto& [status, count] : times.statuses) {
                answers += std::format("{}{} x {}", answers.empty() ? "" : ", ", count, status);
                answered = answered && status < 400;
            }
            const double p99_ms_max =
                times.what.starts_with("PUT") || std::ranges::contains(sums, times.what)
                    ? any_ms_max
                    : indexed_p99_ms_max;
            const bool in_time = times.percentile(0.99) <= p99_ms_max;
            times.slow = !in_time;
            good = good && in_time && answered;
            std::println("| {} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | {} | {} |", times.what,
                         times.percentile(0.5), times.percentile(0.95), times.percentile(0.99),
                         times.ms.back(), answers, in_time ? "yes" : "**no**");
        }
        const double share = 100.0 * static_cast<double>(quick) / static_cast<double>(all);
        std::println("\n{:.2f} % of {} requests under {:.0f} ms (95 % asked)", share, all,
                     any_ms_max);
        return good && share >= 95;
    }

  private:
    std::int64_t below(std::int64_t count) {
        return std::uniform_int_distribution<std::int64_t>(0, count - 1)(random_);
    }

    /// A person who asks, and one of their sessions whose number `every` divides.
    Asking somebody(std::int64_t every) {
        const auto& [user, text] = users_.at(static_cast<std::size_t>(below(people)));
        client_.token = text;
        const std::int64_t first = user * year_.sessions_per_user;
        for (int tries = 0; tries < 1000; ++tries) {
            const std::int64_t session = first + below(year_.sessions_per_user);
            if (session % every == 0) {
                return {user, session};
            }
        }
        return {user, first};
    }

    /// The id of what stands before {id} in the path, that this person may see.
    std::optional<std::string> id_for(std::string_view path) {
        const auto of = [&](Kind kind, std::int64_t every, std::int64_t times = 1) {
            return id_of(kind, somebody(every).session * times);
        };
        struct Prefix {
            std::string_view path;
            Kind kind;
            std::int64_t every;
            std::int64_t times;
        };
        static constexpr std::array prefixes = {
            Prefix{"/v1/sessions/{id}", Kind::session, 1, 1},
            Prefix{"/v1/exercises/{id}/bilateral", Kind::exercise, vr_every, 1},
            Prefix{"/v1/exercises/{id}", Kind::exercise, 1, 1},
            Prefix{"/v1/vr-sessions/{id}", Kind::vr_session, vr_every, 1},
            Prefix{"/v1/bilateral-drawings/{id}", Kind::drawing, vr_every, 1},
            Prefix{"/v1/reflections/{id}", Kind::reflection, 1, 1},
            Prefix{"/v1/session-intents/{id}", Kind::intent, 1, 1},
            Prefix{"/v1/safety-screenings/{id}", Kind::screening, 1, 1},
            Prefix{"/v1/exercise-artifacts/{id}", Kind::artifact, artifact_every, 1},
            Prefix{"/v1/agent-outputs/{id}", Kind::run, 1, 3},
        };
        for (const Prefix& prefix : prefixes) {
            if (path.starts_with(prefix.path)) {
                return of(prefix.kind, prefix.every, prefix.times);
            }
        }
        const Asking asking = somebody(1);
        if (path.starts_with("/v1/users/{id}")) {
            return id_of(Kind::user, asking.user);
        }
        if (path.starts_with("/v1/notifications/{id}")) {
            return id_of(Kind::notification, asking.user * 5);
        }
        if (path.starts_with("/v1/consents/{id}")) {
            return id_of(Kind::consent, asking.user * 3);
        }
        if (path.starts_with("/v1/clinicians/{id}")) {
            return id_of(Kind::clinician, below(clinicians));
        }
        const std::int64_t some_crisis = below(year_.sessions() / crisis_every) * crisis_every;
        if (path.starts_with("/v1/hitl-escalations/{id}")) {
            return id_of(Kind::escalation, some_crisis);
        }
        if (path.starts_with("/v1/crisis-logs/{id}")) {
            client_.token = supervisor_; // to a person it is their own alone
            return id_of(Kind::crisis, some_crisis);
        }
        return std::nullopt;
    }

    std::optional<std::string> path_of(const http::Route& route) {
        std::string path(route.path);
        const auto put = [&path](std::string_view place, const std::string& value) {
            const std::size_t found = path.find(place);
            if (found != std::string::npos) {
                path.replace(found, place.size(), value);
            }
        };
        if (path.contains("{id}")) {
            const auto id = id_for(path);
            if (!id) {
                return std::nullopt;
            }
            put("{id}", *id);
        } else {
            (void)somebody(1);
        }
        if (path == "/v1/users") {
            path += std::format("?search=person{}", below(year_.users));
        }
        put("{prompt_id}", std::format("TJ-EX-P{}-v3", below(prompts / 3)));
        put("{text_hash}", std::format("{:064x}", below(voices)));
        if (path.contains("{") || path.ends_with("/file") || path.ends_with("/audio")) {
            return std::nullopt; // a file's time is the object store's
        }
        if (path.contains("/draft")) {
            return std::nullopt; // nobody of the year is in the middle of a text
        }
        return path;
    }

    /// A list in the order that it does not have by itself, and from the middle of the year on.
    void read_list(const http::Route& route) {
        const http::OperationContract* const described = contract_.find(route);
        const auto sort = described->query.find("sort");
        if (sort == described->query.end()) {
            return;
        }
        const bool newest = sort->second.when_absent == "newest";
        read(route, newest ? "sort=oldest" : "sort=newest");
        const auto middle = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now() -
                                                                  std::chrono::days(182));
        const bool by_day = route.path == "/v1/daily-metrics";
        read(route,
             std::format("{}={:%F}{}", newest ? "to" : "from", middle, by_day ? "" : "T00:00:00Z"));
    }

    void read(const http::Route& route, const std::string& query) {
        const std::string shown = query.substr(0, query.find("20"));
        Times times{.what = std::format("GET {}{}{}", route.path, query.empty() ? "" : "?",
                                        query.starts_with("sort") ? query : shown)};
        for (int i = 0; i < warm_up + measured; ++i) {
            auto path = path_of(route);
            if (!path) {
                std::println("not measured: GET {}", route.path);
                return;
            }
            if (!query.empty()) {
                *path += (path->contains('?') ? "&" : "?") + query;
            }
            if ((route.policy.who & http::who::users) == 0) {
                client_.token =
                    (route.policy.who & http::who::supervisors) != 0 ? supervisor_ : service_;
            }
            measure(times, i, "GET", *path, "");
            times.last_path = *path;
            times.last_token = client_.token;
        }
        results_.push_back(std::move(times));
    }

    /// Each below a session begun for it.
    void write(std::string_view route, const std::function<std::string(const std::string&)>& body) {
        Times times{.what = std::format("PUT {}", route)};
        for (int i = 0; i < warm_up + measured; ++i) {
            (void)somebody(1);
            const std::string session = test::new_id();
            if (client_.put("/v1/sessions/" + session, test::session_body()).status != 201) {
                throw std::runtime_error("a session could not be begun");
            }
            const std::string text = body(session);
            const std::string path = std::string(route.substr(0, route.find('{'))) + test::new_id();
            measure(times, i, "PUT", path, text);
        }
        results_.push_back(std::move(times));
    }

    void measure(Times& times, int i, const std::string& method, const std::string& path,
                 const std::string& body) {
        const Clock::time_point began = Clock::now();
        const test::Reply reply = method == "GET" ? client_.get(path) : client_.put(path, body);
        const double ms = std::chrono::duration<double, std::milli>(Clock::now() - began).count();
        if (i >= warm_up) {
            times.ms.push_back(ms);
            ++times.statuses[reply.status];
        }
        if (reply.status >= 400 && ++complaints_ <= 10) {
            std::println(stderr, "{} {}: {}", method, path, reply.body);
        }
    }

    Year year_;
    const test::TestServer& server_;
    test::HttpClient client_;
    std::vector<std::pair<std::int64_t, std::string>> users_;
    std::string supervisor_;
    std::string service_;
    http::Contract contract_ = http::Contract::read(http::openapi_json()).value();
    std::mt19937_64 random_{1};
    std::vector<Times> results_;
    int complaints_ = 0;
};

std::string load_average() {
    std::ifstream file("/proc/loadavg");
    std::string text;
    std::getline(file, text);
    return text.substr(0, text.find(' '));
}

int run(const Year& year) {
    const test::TempDirectory directory;
    ServerConfig config = test::TestServer::fresh_config(directory);
    config.requests_per_minute = 1'000'000; // one supervisor asks for all of theirs
    std::println(stderr, "filling {} users x {} sessions", year.users, year.sessions_per_user);
    const Clock::time_point began = Clock::now();
    fill(config.database_url, year);
    const double fill_s = std::chrono::duration<double>(Clock::now() - began).count();
    std::println(
        "{} users, {} sessions a user and year; filled in {:.0f} s; database {}; load average {}\n",
        year.users, year.sessions_per_user, fill_s,
        test::sql_text(config.database_url,
                       "SELECT pg_size_pretty(pg_database_size(current_database()))"),
        load_average());
    (void)test::sql_text(config.database_url, "SELECT pg_stat_reset()");
    const test::TestServer server({}, config);
    const test::BodiesPassedOver unread; // whose check would be measured, too
    Bench bench(year, server);
    bench.reads();
    bench.writes();
    const bool good = bench.report();
    std::println(
        "\nindexes of the schema that no request used: {}",
        test::sql_text(
            config.database_url,
            "SELECT string_agg(DISTINCT regexp_replace(indexrelname, '_p?[0-9_w]{6,}.*$', ''), "
            "', ') FROM pg_stat_user_indexes JOIN pg_index USING (indexrelid) WHERE idx_scan = "
            "0 AND NOT indisunique AND schemaname = 'public'"));
    if (!good) {
        bench.explain(test::TestCluster::instance());
    }
    std::println("\nSPD-5: {}", good ? "holds" : "does not hold");
    return good ? 0 : 1;
}

std::optional<std::int64_t> number_after(std::span<char*> arguments, std::string_view name) {
    for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
        if (arguments[i] == name) {
            return std::strtoll(arguments[i + 1], nullptr, 10);
        }
    }
    return std::nullopt;
}

} // namespace
} // namespace haven::bench

int main(int argc, char** argv) {
    const std::span arguments(argv, static_cast<std::size_t>(argc));
    if (argc > 1 && std::string_view(argv[1]) == "--help") {
        std::println("usage: bench-platform [--users N] [--sessions N]\n\nFills a database of its "
                     "own with N users "
                     "(10000) of N sessions each in a year (24), and asks\nthe server for "
                     "everything it can be asked "
                     "for. About 25 kB of disk a session.");
        return 0;
    }
    haven::bench::Year year;
    year.users = haven::bench::number_after(arguments, "--users").value_or(year.users);
    year.sessions_per_user =
        haven::bench::number_after(arguments, "--sessions").value_or(year.sessions_per_user);
    if (year.users < haven::bench::people || year.sessions_per_user < 10) {
        std::println(stderr, "bench-platform: give at least {} users and 10 sessions",
                     haven::bench::people);
        return 2;
    }
    try {
        haven::log::init(haven::log::Level::warn, haven::log::Format::logfmt);
        return haven::bench::run(year);
    } catch (const std::exception& failure) {
        std::println(stderr, "bench-platform: {}", failure.what());
        return 1;
    }
}
