#pragma once

#include "tests/support/complaints.hpp"
#include "tests/support/monado_service.hpp"
#include "tests/support/motion_script.hpp"
#include "tests/support/motion_script_player.hpp"
#include "tests/support/process.hpp"
#include "tests/support/scripted_runtime.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

/// The whole house, each part the real one: PostgreSQL, haven-server, an account made through the
/// API, an OpenXR runtime and haven-xr.
namespace haven::test {

/// A script of tests/e2e/scripts; throws std::runtime_error with what is wrong with it.
[[nodiscard]] MotionScript script_named(std::string_view name);

/// Plays a script on a thread of its own, over a connection of its own.
class Player {
  public:
    Player(const MonadoService& runtime, MotionScript script, std::vector<Gate> gates = {});
    ~Player();
    Player(const Player&) = delete;
    Player& operator=(const Player&) = delete;

    /// Until the script is over; the connection's failure is an empty text's opposite.
    [[nodiscard]] std::string wait();
    void stop() { thread_.request_stop(); }
    [[nodiscard]] bool over() const { return over_; }
    /// Of the script: what is in force now; negative before it begins.
    [[nodiscard]] double time_s() const { return time_s_; }
    /// The hands are as the script has them at `time_s`, or later.
    [[nodiscard]] bool await_at(double time_s) const;

  private:
    std::string failure_;
    std::atomic<double> time_s_ = -1.0;
    std::atomic<bool> over_ = false;
    std::jthread thread_;
};

/// What a run of haven-xr left behind.
struct ClientEnd {
    Ended ended;
    std::string summary; ///< JSON; empty when it was killed
    std::string log;     ///< stdout and stderr
    /// A member of the summary, as text without quotes.
    [[nodiscard]] std::string member(std::string_view name) const;
};

class House {
  public:
    struct Options {
        bool motion_trace_consent = true;
        bool validation = true; ///< Vulkan's and OpenXR's validation layers in the client
        std::string display;    ///< of X11, for the client's window; empty: no window
        const ScriptedRuntime* script = nullptr; ///< between the client and the runtime; outlives
    };
    House() : House(Options{}) {}
    explicit House(const Options& options);
    ~House();
    House(const House&) = delete;
    House& operator=(const House&) = delete;

    // ---- the server ----
    void start_server();
    void stop_server() { server_.reset(); }
    void kill_server();
    [[nodiscard]] Process& server() { return *server_; }
    [[nodiscard]] std::string server_url() const;
    /// One value read straight from the database, as text.
    [[nodiscard]] std::string sql(const std::string& query) const;
    [[nodiscard]] std::filesystem::path objects() const { return directory_.path() / "objects"; }
    /// GET as the user; the body.
    [[nodiscard]] std::string get(const std::string& path) const;

    // ---- the runtime ----
    [[nodiscard]] MonadoService& runtime() { return *runtime_; }

    // ---- the client ----
    /// Starts haven-xr, with the server, the token and a data directory that stays over restarts.
    void start_client(std::vector<std::string> more = {});
    /// Until the hands can draw in a place that is seen; false when it ended or did not get there.
    [[nodiscard]] bool await_ready();
    [[nodiscard]] Process& client() { return *client_; }
    /// SIGTERM: the drawing is ended and delivered.
    [[nodiscard]] ClientEnd end_client();
    [[nodiscard]] ClientEnd kill_client();
    /// start, draw the whole script once, end.
    [[nodiscard]] ClientEnd draw(const MotionScript& script, std::vector<std::string> more = {});
    /// A second haven-xr on the same runtime, with a data directory of its own and no server.
    [[nodiscard]] Process start_other_client();
    /// What the outbox on the disk holds; the client must not be running.
    [[nodiscard]] std::vector<std::string> strokes_saved_on_disk() const;
    [[nodiscard]] std::string client_log() const;
    /// How often this client's log says so.
    [[nodiscard]] std::size_t times_logged(std::string_view text) const;
    /// The client has noticed that many strokes as saved.
    [[nodiscard]] bool await_saved(std::size_t strokes) const;
    /// A gate at each moment of the script at which a hand presses or lets go: the client has seen
    /// it, in its present run, once more than before.
    [[nodiscard]] std::vector<Gate> gates(const MotionScript& script) const;

    [[nodiscard]] const std::filesystem::path& directory() const { return directory_.path(); }

  private:
    void register_user();
    void warm_shaders();
    [[nodiscard]] Process launch(const std::filesystem::path& data, std::vector<std::string> more);
    [[nodiscard]] ClientEnd client_end(const Ended& ended) const;
    [[nodiscard]] std::filesystem::path client_stem() const;

    TempDirectory directory_{"haven-e2e"};
    Options options_;
    std::string database_url_;
    std::uint16_t port_ = 0;
    std::string token_;
    std::optional<MonadoService> runtime_;
    std::optional<Process> server_;
    std::optional<Process> client_;
    int clients_started_ = 0;
};

/// Gates of several lists as one list, in the order of their times.
[[nodiscard]] std::vector<Gate> together(std::vector<Gate> gates, std::vector<Gate> more);

} // namespace haven::test
