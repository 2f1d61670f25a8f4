// How many drawings of 100 KB a second: haven-server over HTTP against what libpq's pipeline
// reaches with the same statements on the same PostgreSQL, in turns of one run (SPD-4). And what
// memory the server takes.
#include "bilateral/stroke.hpp"
#include "net/api/codec.hpp"
#include "server/canvas/canvas.hpp"
#include "server/http/digest.hpp"
#include "server/store/actor.hpp"
#include "server/store/connection.hpp"
#include "server/store/db_error.hpp"
#include "server/store/param.hpp"
#include "server/store/statement.hpp"
#include "server/store/wire.hpp"
#include "server/vr/rules.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/process.hpp"

#include <haven/sql_audit.hpp>
#include <haven/sql_store.hpp>
#include <haven/sql_vr.hpp>

#include <libpq-fe.h>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <format>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <print>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

constexpr int http_connections = 8;
constexpr int pipeline_connections = 4;
constexpr int window = 8;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

struct Setting {
    std::string database_url;
    std::string server_url;
    std::string token;
    Uuid user_id;
    Ids ids;
    std::string body;
};

void expect(bool good, const std::string& what) {
    if (!good) {
        throw std::runtime_error(what);
    }
}

/// One drawing through libpq: what the server sends for it, one pipeline and one transaction.
class PipelineClient {
  public:
    explicit PipelineClient(const Setting& setting)
        : setting_(setting), connection_(open(setting.database_url)),
          drawing_(*api::decode_bilateral_drawing_view(setting.body)) {
        expect(PQenterPipelineMode(raw()) == 1, "pipeline mode");
    }

    void run(std::atomic<int>& left) {
        int in_flight = 0;
        bool more = true;
        while (more || in_flight > 0) {
            while (more && in_flight < window) {
                more = left.fetch_sub(1) > 0;
                if (more) {
                    send_one();
                    ++in_flight;
                }
            }
            if (in_flight > 0) {
                receive_one();
                --in_flight;
            }
        }
    }

  private:
    static store::Connection open(const std::string& url) {
        auto connection = store::Connection::open(url);
        expect(connection.has_value(), "no connection");
        for (const store::Statement* statement : std::initializer_list<const store::Statement*>{
                 &sql::store::enter, &sql::audit::lock_id, &sql::vr::put_drawing}) {
            const store::ResultHandle prepared(
                PQprepare(connection->raw(), statement->name, statement->sql, 0, nullptr));
            expect(PQresultStatus(prepared.get()) == PGRES_COMMAND_OK, "prepare");
        }
        return std::move(*connection);
    }

    PGconn* raw() const { return connection_.raw(); }

    void send(const store::Call& call) {
        const auto params = store::WireParams::make(call.params);
        expect(params.has_value(), "parameters");
        expect(PQsendQueryPrepared(raw(), call.statement->name, params->count(), params->values(),
                                   params->lengths(), params->formats(), 1) == 1,
               PQerrorMessage(raw()));
    }

    void send_one() {
        const Uuid id = *parse_uuid(new_id());
        const http::Digest digest = http::digest_of(setting_.body);
        const vr::CanvasKeys keys = vr::canvas_keys(setting_.user_id, id, digest);
        const store::Actor actor{
            .kind = store::ActorKind::user, .id = setting_.user_id, .role = {}};
        const std::string access = std::format(
            R"({{"action":"bilateral_drawing_create","resource_type":"bilateral_drawings",)"
            R"("resource_id":"{}","ip_address":"127.0.0.1","user_agent":"bench","method":"PUT",)"
            R"("path":"/v1/bilateral-drawings/{{id}}","is_phi_access":true,)"
            R"("phi_access_reason":"bench","request_id":"0123456789abcdef"}})",
            to_string(id));
        send(store::enter(actor, std::chrono::seconds(24)));
        send(store::call(sql::audit::lock_id, id));
        send(store::call(sql::vr::put_drawing, id, setting_.user_id,
                         std::span<const std::byte>(digest), drawing_.exercise_id,
                         drawing_.vr_session_id, drawing_.left_hand_strokes_json,
                         drawing_.right_hand_strokes_json, drawing_.symmetry_enabled, 4,
                         drawing_.duration_seconds, keys.left, keys.right, keys.combined,
                         std::span<const std::byte>(digest), access));
        expect(PQpipelineSync(raw()) == 1 && PQflush(raw()) >= 0, PQerrorMessage(raw()));
    }

    void receive_one() {
        for (;;) {
            const store::ResultHandle result(PQgetResult(raw()));
            if (!result) {
                continue; // between the statements of a pipeline
            }
            const ExecStatusType status = PQresultStatus(result.get());
            if (status == PGRES_PIPELINE_SYNC) {
                return;
            }
            expect(status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK,
                   PQresultErrorMessage(result.get()));
        }
    }

    const Setting& setting_;
    store::Connection connection_;
    api::BilateralDrawingView drawing_;
};

double processor_seconds(clockid_t clock) {
    timespec time{};
    expect(::clock_gettime(clock, &time) == 0, "clock");
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// What the kernel tells of a process or a thread, from its state on (proc_pid_stat, 3).
std::vector<std::string> told_of(const std::filesystem::path& proc) {
    const std::string text = read_text(proc / "stat");
    std::istringstream rest(text.substr(std::min(text.rfind(')') + 1, text.size())));
    std::vector<std::string> fields(std::istream_iterator<std::string>{rest}, {});
    fields.resize(50, "0"); // it has ended meanwhile
    return fields;
}

double seconds_of(const std::vector<std::string>& told, std::size_t user, std::size_t system) {
    return static_cast<double>(std::stoll(told[user]) + std::stoll(told[system])) /
           static_cast<double>(::sysconf(_SC_CLK_TCK));
}

/// Processor time until now, in seconds.
struct Spent {
    double server = 0.0; ///< without what it does at a lower priority: the canvases
    double postgres = 0.0;
    double client = 0.0;
};

class Processors {
  public:
    Processors(const Setting& setting, pid_t server)
        : server_(std::format("/proc/{}", server)),
          watch_(store::Connection::open(setting.database_url)) {
        expect(watch_.has_value(), "no connection");
        postmaster_ = told_of(std::format("/proc/{}", PQbackendPID(watch_->raw())))[1];
    }

    [[nodiscard]] Spent spent() const {
        Spent all{.client = processor_seconds(CLOCK_PROCESS_CPUTIME_ID)};
        const int niceness = ::getpriority(PRIO_PROCESS, 0);
        for (const auto& thread : std::filesystem::directory_iterator(server_ / "task")) {
            const auto told = told_of(thread.path());
            all.server += std::stoi(told[16]) > niceness ? 0.0 : seconds_of(told, 11, 12);
        }
        const std::filesystem::path cluster = "/proc/" + postmaster_;
        all.postgres = seconds_of(told_of(cluster), 13, 14); // of the backends that have ended
        std::istringstream backends(read_text(cluster / "task" / postmaster_ / "children"));
        for (std::string backend; backends >> backend;) {
            all.postgres += seconds_of(told_of("/proc/" + backend), 11, 12);
        }
        return all;
    }

  private:
    std::filesystem::path server_;
    store::Outcome<store::Connection> watch_;
    std::string postmaster_;
};

double pipeline_round(const Setting& setting, int drawings) {
    std::vector<std::unique_ptr<PipelineClient>> clients;
    for (int i = 0; i < pipeline_connections; ++i) {
        clients.push_back(std::make_unique<PipelineClient>(setting));
    }
    std::atomic<int> left = drawings;
    const auto begin = Clock::now();
    {
        std::vector<std::jthread> threads;
        for (const auto& client : clients) {
            threads.emplace_back([&] { client->run(left); });
        }
    }
    return drawings / seconds_since(begin);
}

double server_round(const Setting& setting, int drawings) {
    std::atomic<int> left = drawings;
    std::atomic<int> failed = 0;
    const auto begin = Clock::now();
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < http_connections; ++i) {
            threads.emplace_back([&] {
                HttpClient client(setting.server_url);
                client.token = setting.token;
                while (left.fetch_sub(1) > 0) {
                    const Reply reply =
                        client.put("/v1/bilateral-drawings/" + new_id(), setting.body);
                    failed += reply.status == 201 ? 0 : 1;
                }
            });
        }
    }
    const double seconds = seconds_since(begin);
    expect(failed == 0, std::format("{} drawings were not stored", failed.load()));
    return drawings / seconds;
}

/// Milliseconds of one processor, in the mean of many.
template <typename Work>
double cost_ms(int times, const Work& work) {
    const double before = processor_seconds(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < times; ++i) {
        work();
    }
    return (processor_seconds(CLOCK_THREAD_CPUTIME_ID) - before) * 1e3 / times;
}

/// What a worker does with a drawing beyond the database.
void print_worker_costs(const Setting& setting) {
    const auto drawing = api::decode_bilateral_drawing_view(setting.body);
    const auto ink = vr::read_ink(*drawing);
    std::println("of which one drawing costs, in ms of one processor:");
    std::println("  {:.2f} to find its members", cost_ms(200, [&] {
                     expect(api::decode_bilateral_drawing_view(setting.body).has_value(), "body");
                 }));
    std::println("  {:.2f} for the digest of its bytes",
                 cost_ms(200, [&] { (void)http::digest_of(setting.body); }));
    std::println("  {:.2f} to prove its ink, which is in the one spelling",
                 cost_ms(200, [&] { expect(vr::read_written_ink(*drawing).has_value(), "ink"); }));
    std::println("  in any other spelling {:.2f}, and {:.2f} for the digest of what it says",
                 cost_ms(200, [&] { expect(vr::read_ink(*drawing).has_value(), "ink"); }),
                 cost_ms(200, [&] {
                     expect(http::digest_of_json(drawing->left_hand_strokes_json).has_value() &&
                                http::digest_of_json(drawing->right_hand_strokes_json).has_value(),
                            "digest");
                 }));
    std::println("  {:.1f} to draw its canvases", cost_ms(1, [&] {
                     for (const canvas::Sheet sheet :
                          {canvas::Sheet::left, canvas::Sheet::right, canvas::Sheet::combined}) {
                         expect(canvas::render(ink->left, ink->right, sheet).has_value(), "render");
                     }
                 }));
}

std::ptrdiff_t files_below(const std::filesystem::path& directory) {
    std::error_code none;
    return std::ranges::count_if(std::filesystem::recursive_directory_iterator(directory, none),
                                 [](const auto& entry) { return entry.is_regular_file(); });
}

double load_of_last_minute() {
    double load = 0.0;
    return ::getloadavg(&load, 1) == 1 ? load : -1.0;
}

std::int64_t most_resident_kb(const Setting& setting, const Process& server, int uploads) {
    std::string body = setting.body;
    body.insert(1, std::string((1U << 20U) - body.size(), ' '));
    std::atomic<int> running = uploads;
    std::int64_t most_kb = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < uploads; ++i) {
        threads.emplace_back([&] {
            HttpClient client(setting.server_url);
            client.token = setting.token;
            (void)client.put("/v1/bilateral-drawings/" + new_id(), body);
            --running;
        });
    }
    (void)await(std::chrono::hours(1), [&] {
        most_kb = std::max(most_kb, resident_kb(server.pid()));
        return running == 0;
    });
    return most_kb;
}

/// The binary, on ports of its own.
Process start_server(const Setting& setting, const TempDirectory& directory) {
    Command command;
    command.argv = {std::string(HAVEN_BINARY_DIR) + "/haven-server",
                    "--database-url",
                    setting.database_url,
                    "--data-dir",
                    directory.path(),
                    "--listen-port",
                    "0",
                    "--metrics-port",
                    "0",
                    "--port-file",
                    directory.path() / "port",
                    "--token-lifetime-seconds",
                    "86400",
                    "--canvas-threads",
                    "2",
                    "--database-pool-size",
                    "4",
                    "--log-level",
                    "warn"};
    command.output_stem = directory.path() / "server";
    auto server = Process::start(command);
    expect(server.has_value() &&
               await(Milliseconds{30'000}, [&] { return exists(directory.path() / "port"); }),
           "the server does not start");
    return std::move(*server);
}

void run_bench(int rounds, int drawings, bool memory) {
    const TempDirectory directory;
    Setting setting;
    setting.database_url = TestCluster::instance().fresh_database();
    auto server = start_server(setting, directory);
    setting.server_url =
        std::format("http://127.0.0.1:{}", std::stoi(read_text(directory.path() / "port")));
    HttpClient client(setting.server_url);
    client.post("/v1/users", registration_body("bench@example.org"));
    confirm_email(setting.database_url, "bench@example.org");
    const Reply login = client.post("/v1/auth/tokens", credentials_body("bench@example.org"));
    client.token = setting.token = login.member("access_token");
    setting.user_id = *parse_uuid(login.member("bearer_id"));
    setting.ids = write_drawing(client);
    setting.body = drawing_body(setting.ids.exercise, setting.ids.vr_session, 20, 200);
    std::println("one drawing: {} bytes; {} rounds of {} each", setting.body.size(), rounds,
                 drawings);
    if (memory) {
        std::println("resident at rest: {:.1f} MB (required < 64)",
                     static_cast<double>(resident_kb(server.pid())) / 1024.0);
    }
    std::vector<double> through_server;
    std::vector<double> through_pipeline;
    const Processors processors(setting, server.pid());
    for (int round = 0; round < rounds; ++round) {
        const Spent begin = processors.spent();
        through_server.push_back(server_round(setting, drawings));
        const Spent between = processors.spent();
        through_pipeline.push_back(pipeline_round(setting, drawings));
        const Spent end = processors.spent();
        const auto ms = [drawings](double from, double to) { return (to - from) * 1e3 / drawings; };
        std::println(
            "round {}: server {:.0f}/s, libpq {:.0f}/s; processor time of a drawing: server "
            "{:.1f} + PostgreSQL {:.1f} + client {:.1f} ms, libpq PostgreSQL {:.1f} + client "
            "{:.1f} ms",
            round + 1, through_server.back(), through_pipeline.back(),
            ms(begin.server, between.server), ms(begin.postgres, between.postgres),
            ms(begin.client, between.client), ms(between.postgres, end.postgres),
            ms(between.client, end.client));
    }
    std::println("canvases drawn meanwhile, at the lowest priority: {}",
                 files_below(directory.path() / "objects" / "drawings"));
    std::println("load of the machine over the last minute: {:.1f}", load_of_last_minute());
    const double ratio = median(through_server) / median(through_pipeline);
    std::println("server   {:7.0f} drawings/s over {} connections: token, ink proved, SHA-256, "
                 "row, receipt, event, audit; canvases come later",
                 median(through_server), http_connections);
    std::println(
        "libpq    {:7.0f} drawings/s over {} connections, window {}: row, receipt, event, audit",
        median(through_pipeline), pipeline_connections, window);
    std::println("ratio    {:7.2f}   (SPD-4 asks for 0.95)", ratio);
    print_worker_costs(setting);
    if (memory) {
        std::println(
            "resident, at most, with 200 uploads of 1 MB in flight: {:.1f} MB (required < 256)",
            static_cast<double>(most_resident_kb(setting, server, 200)) / 1024.0);
    }
    server.stop();
}

} // namespace
} // namespace haven::test

int main(int argc, char** argv) {
    try {
        const int rounds = argc > 1 ? std::stoi(argv[1]) : 4;
        const int drawings = argc > 2 ? std::stoi(argv[2]) : 100;
        haven::test::run_bench(std::max(rounds, 1), std::max(drawings, 1), argc <= 3);
    } catch (const std::exception& failure) {
        std::println(stderr, "bench-ingest: {}", failure.what());
        return 1;
    }
    return 0;
}
