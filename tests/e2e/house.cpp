#include "tests/e2e/house.hpp"

#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/monado_remote.hpp"
#include "tests/support/monado_service.hpp"
#include "tests/support/motion_script.hpp"
#include "tests/support/motion_script_player.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/process.hpp"
#include "tests/support/scripted_runtime.hpp"

#include <sqlite3.h>
#include <yyjson.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <expected>
#include <filesystem>
#include <format>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {

namespace fs = std::filesystem;

namespace {

constexpr const char* server_program = HAVEN_BINARY_DIR "/haven-server";
constexpr const char* client_program = HAVEN_BINARY_DIR "/haven-xr";
constexpr const char* assets = HAVEN_SOURCE_DIR "/assets";
constexpr Milliseconds start_deadline{60'000};
constexpr Milliseconds end_deadline{60'000};
constexpr Milliseconds play_deadline{120'000};

template <typename T>
T or_throw(std::expected<T, std::string> result) {
    if (!result) {
        throw std::runtime_error(result.error());
    }
    return std::move(*result);
}

} // namespace

MotionScript script_named(std::string_view name) {
    return or_throw(
        load_motion_script(std::format("{}/tests/e2e/scripts/{}.json", HAVEN_SOURCE_DIR, name)));
}

Player::Player(const MonadoService& runtime, MotionScript script, std::vector<Gate> gates)
    : thread_([this, port = runtime.port(), script = std::move(script),
               gates = std::move(gates)](const std::stop_token& stop) {
          const PlayOptions options{.gates = gates,
                                    .progress = [this](double time_s) { time_s_ = time_s; }};
          if (auto remote = MonadoRemote::connect(port); !remote) {
              failure_ = remote.error();
          } else if (const auto played = play(script, *remote, options, stop); !played) {
              failure_ = played.error();
          }
          over_ = true;
      }) {}

bool Player::await_at(double time_s) const {
    return await(play_deadline, [&] { return time_s_ >= time_s || over_; }) && time_s_ >= time_s;
}

Player::~Player() = default;

std::string Player::wait() {
    if (thread_.joinable()) {
        thread_.join();
    }
    return failure_;
}

std::string ClientEnd::member(std::string_view name) const {
    const std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)> document(
        yyjson_read(summary.data(), summary.size(), 0), &yyjson_doc_free);
    yyjson_val* value =
        yyjson_obj_getn(yyjson_doc_get_root(document.get()), name.data(), name.size());
    if (value == nullptr) {
        return "";
    }
    if (yyjson_is_str(value)) {
        return yyjson_get_str(value);
    }
    const std::unique_ptr<char, decltype(&std::free)> text(yyjson_val_write(value, 0, nullptr),
                                                           &std::free);
    return text ? text.get() : "";
}

House::House(const Options& options)
    : options_(options), database_url_(TestCluster::instance().fresh_database()),
      port_(free_port()), runtime_(or_throw(MonadoService::start())) {
    start_server();
    register_user();
    static const bool warmed = (warm_shaders(), true);
    (void)warmed;
}

/// Software rendering compiles shaders while it draws its first frame, which can take longer than a
/// whole script on a busy machine; after that they are in the driver's cache. Once a process.
void House::warm_shaders() {
    const fs::path pictures = directory_.path() / "warm";
    Process client = launch(directory_.path() / "warm-client", {"--capture", pictures.string()});
    const bool drawn = await(start_deadline, [&] {
        return !client.running() || fs::exists(pictures / "0000-right.png");
    });
    if (!drawn || client.stop(end_deadline) != Ended{.exit_status = 0}) {
        throw std::runtime_error("haven-xr did not draw a picture:\n" + client.output() +
                                 client.errors());
    }
}

House::~House() = default;

std::string House::server_url() const {
    return std::format("http://127.0.0.1:{}", port_);
}

void House::start_server() {
    server_.emplace(or_throw(Process::start({
        .argv = {server_program, "--database-url", database_url_, "--listen-port",
                 std::to_string(port_), "--metrics-port", "0", "--data-dir",
                 directory_.path().string(), "--token-lifetime-seconds", "86400"},
        .output_stem = directory_.path() / "server",
    })));
    if (!await(start_deadline, [&] { return !server_->running() || port_is_listened_on(port_); }) ||
        !server_->running()) {
        throw std::runtime_error("haven-server did not start:\n" + server_->errors() +
                                 server_->output());
    }
}

void House::kill_server() {
    server_->kill();
    server_.reset();
}

void House::register_user() {
    HttpClient http(server_url());
    const std::string email = new_id() + "@example.org";
    const Reply registered =
        http.post("/v1/users", registration_body(email, options_.motion_trace_consent));
    confirm_email(database_url_, email);
    token_ = http.post("/v1/auth/tokens", credentials_body(email)).member("access_token");
    if (registered.status != 202 || token_.empty()) {
        throw std::runtime_error("no account: " + registered.body + registered.error);
    }
    write_text(directory_.path() / "token", token_);
}

std::string House::sql(const std::string& query) const {
    return sql_text(database_url_, query);
}

std::string House::get(const std::string& path) const {
    HttpClient http(server_url());
    http.token = token_;
    return http.get(path).body;
}

fs::path House::client_stem() const {
    return directory_.path() / std::format("client-{}", clients_started_);
}

void House::start_client(std::vector<std::string> more) {
    for (const std::string& option :
         {std::string("--server"), server_url(), std::string("--token-file"),
          (directory_.path() / "token").string()}) {
        more.push_back(option);
    }
    const fs::path ready = directory_.path() / "ready";
    const fs::path summary = directory_.path() / "summary.json";
    fs::remove(ready);
    fs::remove(summary);
    std::ranges::move(
        std::vector<std::string>{"--ready-file", ready.string(), "--summary", summary.string()},
        std::back_inserter(more));
    client_.emplace(launch(directory_.path() / "client", std::move(more)));
}

Process House::start_other_client() {
    return launch(directory_.path() / "other-client", {});
}

Process House::launch(const fs::path& data, std::vector<std::string> more) {
    ++clients_started_;
    std::vector<std::string> argv{client_program, "--assets",    assets,
                                  "--data",       data.string(), "--eye-size",
                                  "128x128",      "--log-level", "debug"};
    if (options_.display.empty()) {
        argv.emplace_back("--no-mirror");
    }
    std::ranges::move(more, std::back_inserter(argv));
    Environment environment = runtime_->client_environment();
    environment["DISPLAY"] = options_.display;
    if (options_.validation) {
        environment["HAVEN_VULKAN_VALIDATION"] = "1";
        environment["XR_ENABLE_API_LAYERS"] = "XR_APILAYER_LUNARG_core_validation";
    }
    if (options_.script != nullptr) {
        for (const auto& [name, value] : options_.script->environment(options_.validation)) {
            environment[name] = value;
        }
    }
    return or_throw(Process::start({.argv = std::move(argv),
                                    .environment = std::move(environment),
                                    .without_environment = {"WAYLAND_DISPLAY"},
                                    .output_stem = client_stem()}));
}

bool House::await_ready() {
    return await(start_deadline,
                 [&] {
                     return !client_->running() || (fs::exists(directory_.path() / "ready") &&
                                                    times_logged("the place appears") > 0);
                 }) &&
           client_->running();
}

ClientEnd House::client_end(const Ended& ended) const {
    return {.ended = ended,
            .summary = read_text(directory_.path() / "summary.json"),
            .log = client_->output() + client_->errors()};
}

ClientEnd House::end_client() {
    client_->signal(SIGTERM);
    if (!client_->wait(end_deadline)) {
        client_->kill();
    }
    return client_end(*client_->wait(end_deadline));
}

ClientEnd House::kill_client() {
    return client_end(client_->kill());
}

ClientEnd House::draw(const MotionScript& script, std::vector<std::string> more) {
    start_client(std::move(more));
    if (!await_ready()) {
        throw std::runtime_error("haven-xr did not get to drawing:\n" + client_log());
    }
    Player player(*runtime_, script, gates(script));
    if (const std::string failure = player.wait(); !failure.empty()) {
        throw std::runtime_error(failure);
    }
    return end_client();
}

std::string House::client_log() const {
    return client_->output() + client_->errors();
}

std::size_t House::times_logged(std::string_view text) const {
    const std::string log = client_log();
    std::size_t times = 0;
    for (std::size_t at = log.find(text); at != std::string::npos; at = log.find(text, at + 1)) {
        ++times;
    }
    return times;
}

bool House::await_saved(std::size_t strokes) const {
    return await(play_deadline,
                 [&] { return times_logged(std::format("seen: {} strokes saved", strokes)) > 0; });
}

std::vector<Gate> House::gates(const MotionScript& script) const {
    constexpr double after_s = 2.5e-3; // past the step in which `presses` sees it held last
    std::vector<Gate> gates;
    const auto add = [&](double at_s, const std::string& line, std::size_t times) {
        gates.push_back({.at_s = at_s,
                         .until = std::format("\"{}\" is {} times in the log", line, times),
                         .open = [this, line, times] { return times_logged(line) >= times; }});
    };
    for (const Hand hand : {Hand::left, Hand::right}) {
        const std::string pressed = std::format("seen: {} pressed", to_string(hand));
        const std::string released = std::format("seen: {} released", to_string(hand));
        std::size_t pressed_times = times_logged(pressed);
        std::size_t released_times = times_logged(released);
        auto held = presses(script, hand, PressBy::trigger, 0.2);
        if (held.empty()) {
            held = presses(script, hand, PressBy::pinch, 0.2);
        }
        for (const Press& press : held) {
            add(press.from_s, pressed, ++pressed_times);
            add(press.to_s + after_s, released, ++released_times);
        }
    }
    return together(std::move(gates), {});
}

std::vector<Gate> together(std::vector<Gate> gates, std::vector<Gate> more) {
    std::ranges::move(more, std::back_inserter(gates));
    std::ranges::stable_sort(gates, {}, &Gate::at_s);
    return gates;
}

std::vector<std::string> House::strokes_saved_on_disk() const {
    sqlite3* opened = nullptr;
    const std::string file = (directory_.path() / "client/haven.sqlite").string();
    const int result = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
    const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database(opened, &sqlite3_close);
    sqlite3_stmt* prepared = nullptr;
    if (result != SQLITE_OK ||
        sqlite3_prepare_v2(opened, "SELECT stroke_id FROM strokes ORDER BY stroke_id", -1,
                           &prepared, nullptr) != SQLITE_OK) {
        throw std::runtime_error(file + ": " + sqlite3_errmsg(opened));
    }
    const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(prepared,
                                                                               &sqlite3_finalize);
    std::vector<std::string> ids;
    while (sqlite3_step(prepared) == SQLITE_ROW) {
        Uuid id;
        const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(prepared, 0));
        std::copy_n(bytes, id.bytes.size(), id.bytes.begin());
        ids.push_back(to_string(id));
    }
    return ids;
}

} // namespace haven::test
