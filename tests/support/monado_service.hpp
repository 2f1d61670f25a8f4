#pragma once

#include "tests/support/monado_remote.hpp"
#include "tests/support/process.hpp"

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace haven::test {

/// A real OpenXR runtime of its own: monado-service with the remote driver and the compositor that
/// shows nothing (20 Hz). Private runtime directory, home and port, so any number run side by side.
/// Used by one thread.
class MonadoService {
  public:
    /// Ready for clients when it returns; the message holds the end of the service's log.
    [[nodiscard]] static std::expected<MonadoService, std::string> start();

    /// The port of the remote driver; stays the same over a restart.
    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// What a client needs in its environment to find this runtime.
    [[nodiscard]] Environment client_environment() const;
    /// What it has written so far, over restarts.
    [[nodiscard]] std::string log() const;
    [[nodiscard]] std::expected<MonadoRemote, std::string> connect() const {
        return MonadoRemote::connect(port_);
    }

    /// The runtime's number of an application that has a session; nothing while it has none.
    [[nodiscard]] std::optional<int> client_id(pid_t pid) const;
    /// Gives the picture and the input focus to that application, and takes them from the others.
    [[nodiscard]] bool make_primary(int client_id) const;
    /// As the person does by the headset's own button; the event says no pose.
    [[nodiscard]] bool recenter() const { return control({"-c"}).has_value(); }

    void stop(); ///< SIGTERM
    void kill(); ///< SIGKILL: its clients lose the runtime without a word
    [[nodiscard]] std::expected<void, std::string> restart();

  private:
    MonadoService();
    [[nodiscard]] std::expected<void, std::string> launch();
    [[nodiscard]] std::optional<std::string> control(std::vector<std::string> options) const;
    [[nodiscard]] std::filesystem::path runtime_dir() const { return directory_->path() / "run"; }

    std::unique_ptr<TempDirectory> directory_; // first in, last out: the process uses it
    std::uint16_t port_ = 0;
    std::optional<Process> process_;
};

} // namespace haven::test
