#include "tests/integration/http_fixture.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose_trace.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "bilateral/uuid_v7.hpp"
#include "server/auth/password.hpp"
#include "server/auth/token.hpp"
#include "server/config.hpp"
#include "server/http/digest.hpp"
#include "server/http/listener.hpp"
#include "server/http/server.hpp"
#include "server/store/connection.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/support/await.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/process.hpp"

#include <libpq-fe.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <format>
#include <numbers>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

constexpr std::string_view password = "quiet-harbour-lamp";

Stroke circle(Hand hand, int points, float radius_m) {
    Stroke stroke{.id = *parse_uuid(new_id()), .hand = hand};
    for (int i = 0; i < points; ++i) {
        const float angle =
            static_cast<float>(i) * 2.0F * std::numbers::pi_v<float> / static_cast<float>(points);
        stroke.points.push_back(
            {.time_ns = std::int64_t{i} * 11'111'000,
             .position_m = {radius_m * std::cos(angle), 1.3F + radius_m * std::sin(angle), -0.5F},
             .pressure = 0.7F});
    }
    return stroke;
}

std::string ink(Hand hand, int strokes, int points, bool with_copy) {
    std::vector<Stroke> drawn;
    for (int i = 0; i < strokes; ++i) {
        drawn.push_back(circle(hand, points, 0.1F + 0.01F * static_cast<float>(i % 30)));
    }
    if (with_copy) {
        Stroke copy = circle(hand, points, 0.2F);
        copy.derived_from = drawn.front().id;
        drawn.push_back(std::move(copy));
    }
    return encode_ink(hand, drawn, InkDetail::every_point);
}

} // namespace

/// The program with what a test's configuration says. No key of it is left out.
std::vector<std::string> server_command(const ServerConfig& config) {
    const auto objects =
        config.objects_dir.empty() ? config.data_dir / "objects" : config.objects_dir;
    std::vector<std::string> argv{HAVEN_BINARY_DIR "/haven-server",
                                  "--listen-port",
                                  "0",
                                  "--metrics-port",
                                  "0",
                                  "--database-url",
                                  config.database_url,
                                  "--database-pool-size",
                                  std::to_string(config.database_pool_size),
                                  "--jobs",
                                  config.jobs_enabled ? "on" : "off",
                                  "--data-dir",
                                  config.data_dir,
                                  "--objects-dir",
                                  objects,
                                  "--requests-per-minute",
                                  std::to_string(config.requests_per_minute),
                                  "--body-memory-bytes",
                                  std::to_string(config.body_memory_bytes),
                                  "--body-bytes-max",
                                  std::to_string(config.body_bytes_max),
                                  "--canvas-threads",
                                  std::to_string(config.canvas_threads),
                                  "--password-threads",
                                  std::to_string(config.password_threads),
                                  "--log-level",
                                  "warn"};
    const auto add = [&argv](const char* flag, const std::string& value) {
        if (!value.empty()) {
            argv.insert(argv.end(), {flag, value});
        }
    };
    const auto add_time = [&add](const char* flag, std::chrono::seconds time) {
        add(flag, std::to_string(time.count()));
    };
    add_time("--token-lifetime-seconds", config.token_lifetime);
    add_time("--login-idle-seconds", config.login_idle_time);
    add_time("--login-lifetime-seconds", config.login_lifetime);
    add_time("--clinician-idle-seconds", config.clinician_idle_time);
    add_time("--clinician-lifetime-seconds", config.clinician_lifetime);
    add_time("--browser-idle-seconds", config.browser_idle_time);
    add_time("--browser-lifetime-seconds", config.browser_lifetime);
    add_time("--device-idle-seconds", config.device_idle_time);
    add_time("--device-lifetime-seconds", config.device_lifetime);
    constexpr std::array factors{"nobody", "clinicians", "people"};
    add("--second-factor", factors.at(std::to_underlying(config.second_factor)));
    add("--virus-scanner", config.virus_scanner);
    add("--breached-passwords", config.breached_passwords);
    add("--log-audit", config.log_audit ? "on" : "off");
    add("--master-key-file", config.master_key_file);
    add("--master-key-other-file", config.master_key_other_file);
    add("--tls-certificate", config.tls_certificate);
    add("--tls-key", config.tls_key);
    add("--trusted-proxies", config.trusted_proxies);
    add("--smtp-url", config.smtp_url);
    add("--smtp-user", config.smtp_user);
    add("--smtp-password-file", config.smtp_password_file);
    add("--smtp-ca-file", config.smtp_ca_file);
    add("--mail-from", config.mail_from);
    add("--mail-dir", config.mail_dir);
    add("--site-url", config.site_url);
    for (const std::string& origin : config.cors_origins) {
        add("--cors-origin", origin);
    }
    add("--webhook-allow-network", config.webhook_allow_network);
    return argv;
}

TestServer::TestServer(const http::Limits& limits, std::optional<ServerConfig> config,
                       Company company)
    : config_(config ? std::move(*config) : fresh_config(directory_)) {
    if (!auth::init()) {
        throw std::runtime_error("libsodium does not start");
    }
    auto server = http::Server::create(config_, limits);
    if (!server) {
        throw std::runtime_error(server.error());
    }
    server_ = std::move(*server);
    thread_ = std::thread([this] { server_->run(); });
    const char* const wanted = std::getenv("HAVEN_TEST_SERVERS");
    if (wanted != nullptr && std::string_view(wanted) == "2" && company == Company::allowed &&
        limits == http::Limits{}) {
        start_second();
    }
}

void TestServer::start_second() {
    const std::filesystem::path port_file = directory_.path() / "second.port";
    Command command{.argv = server_command(config_)};
    command.argv.insert(command.argv.end(), {"--port-file", port_file.string()});
    command.output_stem = directory_.path() / "second";
    auto started = Process::start(std::move(command));
    if (!started) {
        throw std::runtime_error(started.error());
    }
    second_.emplace(std::move(*started));
    if (!await(std::chrono::seconds(60),
               [&] { return std::filesystem::exists(port_file) || !second_->running(); }) ||
        !second_->running()) {
        throw std::runtime_error("the second server does not start: " + second_->errors());
    }
    second_port_ = static_cast<std::uint16_t>(std::stoi(read_text(port_file)));
}

void TestServer::request_stop() {
    server_->request_stop();
    if (second_) {
        second_->signal(SIGTERM);
    }
}

void TestServer::join() {
    thread_.join();
    if (second_) {
        (void)second_->wait(std::chrono::minutes(1));
    }
}

TestServer::~TestServer() {
    if (thread_.joinable()) {
        server_->request_stop();
        thread_.join();
    }
}

ServerConfig TestServer::fresh_config(const TempDirectory& directory) {
    ServerConfig config;
    config.listen_port = 0;
    config.metrics_port = 0;
    config.database_url = TestCluster::instance().fresh_database();
    config.jobs_enabled = false; // a test calls the job it is about
    config.data_dir = directory.path();
    config.objects_dir = directory.path() / "objects";
    return config;
}

std::vector<std::string> TestServer::urls() const {
    std::vector<std::string> all{url()};
    if (second_) {
        const std::string first_port = std::to_string(port());
        all.push_back(url().substr(0, url().size() - first_port.size()) +
                      std::to_string(second_port_));
    }
    return all;
}

std::string TestServer::url() const {
    return std::format("{}://127.0.0.1:{}", config_.tls_certificate.empty() ? "http" : "https",
                       port());
}

HttpClient TestServer::new_user(bool motion_trace) const {
    HttpClient client = this->client();
    const std::string email = new_id() + "@example.org";
    EXPECT_EQ(client.post("/v1/users", registration_body(email, motion_trace)).status, 202);
    confirm(email);
    const Reply grant = client.post("/v1/auth/tokens", credentials_body(email));
    client.token = grant.member("access_token");
    client.id = grant.member("bearer_id");
    EXPECT_FALSE(client.token.empty());
    return client;
}

std::string TestServer::confirm(const std::string& email) const {
    return confirm_email(config_.database_url, email);
}

void TestServer::give_password(const std::string& clinician_id, std::string_view chosen) const {
    sql_do(config_.database_url,
           std::format("UPDATE clinicians SET password_hash = '{}' WHERE id = '{}'",
                       auth::hash_password(chosen).value(), clinician_id));
}

HttpClient TestServer::with_token(const std::string& column, const std::string& scopes,
                                  const std::string& bearer_sql) const {
    const auth::Token token = auth::make_token();
    HttpClient client = this->client();
    client.token = token.text;
    client.id = sql_text(
        config_.database_url,
        std::format("WITH bearer AS ({}), family AS (INSERT INTO token_families ({}, came_by, "
                    "scopes, idle_expires_at, expires_at) SELECT id, '{}', string_to_array('{}', "
                    "' '), now() + interval '1 day', now() + interval '1 day' FROM bearer "
                    "RETURNING id), token AS (INSERT INTO access_tokens (token_hash, family_id, "
                    "expires_at) SELECT '\\x{}', id, now() + interval '1 day' FROM family) "
                    "SELECT id FROM bearer",
                    bearer_sql, column, column == "service_id" ? "service" : "password", scopes,
                    http::hexadecimal(token.hash)));
    return client;
}

HttpClient TestServer::token_for(const std::string& column, const std::string& id,
                                 const std::string& scopes) const {
    return with_token(column, scopes, std::format("SELECT '{}'::uuid AS id", id));
}

HttpClient TestServer::new_clinician(const std::string& role) const {
    return with_token("clinician_id", "account care clinic",
                      std::format("INSERT INTO clinicians (email, full_name, password_hash, role) "
                                  "VALUES ('{}@clinic.example', 'Dr. Grey', 'none', '{}') "
                                  "RETURNING id",
                                  new_id(), role));
}

HttpClient TestServer::new_service(const std::string& name, const std::string& scopes) const {
    return with_token("service_id", scopes,
                      std::format("INSERT INTO services (name, scopes) VALUES ('{}-{}', "
                                  "string_to_array('{}', ' ')) RETURNING id",
                                  name, new_id(), scopes));
}

ServerConfig without_rates(const TempDirectory& directory) {
    ServerConfig config = TestServer::fresh_config(directory);
    config.requests_per_minute = 1'000'000;
    return config;
}

std::string sql_text(const std::string& database_url, const std::string& sql) {
    auto connection = store::Connection::open(database_url);
    if (!connection) {
        throw std::runtime_error(store::describe(connection.error()));
    }
    const store::ResultHandle result(PQexec(connection->raw(), sql.c_str()));
    if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) {
        throw std::runtime_error(PQresultErrorMessage(result.get()));
    }
    if (PQntuples(result.get()) == 0) {
        return "";
    }
    return PQgetisnull(result.get(), 0, 0) != 0 ? "NULL" : PQgetvalue(result.get(), 0, 0);
}

void sql_do(const std::string& database_url, const std::string& sql) {
    auto connection = store::Connection::open(database_url);
    if (!connection) {
        throw std::runtime_error(store::describe(connection.error()));
    }
    const store::ResultHandle result(PQexec(connection->raw(), sql.c_str()));
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
        throw std::runtime_error(PQresultErrorMessage(result.get()));
    }
}

std::string confirm_email(const std::string& database_url, const std::string& email) {
    const std::string id =
        sql_text(database_url, std::format("WITH job AS MATERIALIZED (SELECT set_config("
                                           "'haven.actor', 'job', false)) "
                                           "SELECT registration_confirm_address('{}') FROM job",
                                           email));
    EXPECT_EQ(id.size(), 36U) << email << " was not asked for: " << id;
    return id;
}

std::string new_id() {
    return to_string(make_uuid_v7());
}

std::size_t files_below(const std::filesystem::path& directory) {
    if (!std::filesystem::exists(directory)) {
        return 0;
    }
    return static_cast<std::size_t>(
        std::ranges::count_if(std::filesystem::recursive_directory_iterator(directory),
                              [](const auto& entry) { return entry.is_regular_file(); }));
}

std::string registration_body(const std::string& email, bool motion_trace) {
    return std::format(
        R"({{"email":"{}","password":"{}","full_name":"Ada","consent_data_processing")"
        R"(:true,"consent_motion_trace":{}}})",
        email, password, motion_trace);
}

std::string credentials_body(const std::string& email, std::string_view as) {
    return std::format(R"({{"email":"{}","password":"{}","as":"{}"}})", email, password, as);
}

std::string session_body() {
    return R"({"modality":"vr","environment_id":"cozy_cabin","started_at":"2026-11-22T10:00:00Z"})";
}

std::string exercise_body(const std::string& session_id) {
    return std::format(
        R"({{"session_id":"{}","technique":"bilateral_drawing",)"
        R"("technique_config":{{"minutes":5}},"started_at":"2026-11-22T10:00:05Z"}})",
        session_id);
}

std::string vr_session_body(const std::string& session_id) {
    return std::format(
        R"({{"parent_session_id":"{}","environment_id":"cozy_cabin",)"
        R"("environment_config":{{"light":"evening"}},"interaction_mode":"controller",)"
        R"("started_at":"2026-11-22T10:00:06Z"}})",
        session_id);
}

std::string drawing_body(const std::string& exercise_id, const std::string& vr_session_id,
                         int strokes, int points) {
    return std::format(R"({{"exercise_id":"{}","vr_session_id":"{}","left_hand_strokes":{},)"
                       R"("right_hand_strokes":{},"symmetry_enabled":true,"duration_seconds":60}})",
                       exercise_id, vr_session_id, ink(Hand::left, strokes, points, true),
                       ink(Hand::right, strokes, points, false));
}

Ids write_drawing(HttpClient& client) {
    Ids ids;
    EXPECT_EQ(client.put("/v1/sessions/" + ids.session, session_body()).status, 201);
    EXPECT_EQ(client.put("/v1/exercises/" + ids.exercise, exercise_body(ids.session)).status, 201);
    EXPECT_EQ(client.put("/v1/vr-sessions/" + ids.vr_session, vr_session_body(ids.session)).status,
              201);
    EXPECT_EQ(client
                  .put("/v1/bilateral-drawings/" + ids.drawing,
                       drawing_body(ids.exercise, ids.vr_session))
                  .status,
              201);
    return ids;
}

std::string trace_bytes(int samples) {
    TraceWriter writer({.start_unix_us = 1'763'800'000'000'000, .recording = {}});
    for (int i = 0; i < samples; ++i) {
        for (const Hand hand : {Hand::left, Hand::right}) {
            const float angle = static_cast<float>(i) * 0.07F;
            writer.add(snap_to_grid(
                {.time_ns = std::int64_t{i} * 11'111'000,
                 .hand = hand,
                 .tracked = true,
                 .drawing = true,
                 .pressure = 0.5F,
                 .tracking_from_tip = {.position_m = {std::cos(angle), 1.3F, std::sin(angle)}}}));
        }
    }
    writer.finish();
    const auto bytes = writer.take();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string sha256_hex(std::string_view bytes) {
    std::string hex;
    for (const std::byte byte : http::digest_of(bytes)) {
        hex += std::format("{:02x}", std::to_integer<unsigned>(byte));
    }
    return hex;
}

std::string content_digest(std::string_view bytes) {
    const http::Digest digest = http::digest_of(bytes);
    std::string base64(45, '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()),
                    reinterpret_cast<const unsigned char*>(digest.data()),
                    static_cast<int>(digest.size()));
    base64.resize(44);
    return "Content-Digest: sha-256=:" + base64 + ":";
}

Reply put_chunk(HttpClient& client, const std::string& drawing_id, std::size_t offset,
                std::string_view bytes) {
    return client.send("PUT", std::format("/v1/bilateral-drawings/{}/trace/{}", drawing_id, offset),
                       bytes, {"Content-Type: application/octet-stream", content_digest(bytes)});
}

std::string completion_body(std::string_view trace) {
    return std::format(R"({{"size_bytes":{},"sha256":"{}"}})", trace.size(), sha256_hex(trace));
}

} // namespace haven::test
