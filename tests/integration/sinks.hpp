#pragma once

#include "tests/integration/mailbox.hpp"
#include "tests/support/await.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <format>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// Receivers of what leaves the server: programs of their own, by other hands.
namespace haven::test {

/// aiosmtpd (smtp_sink.py) in a directory.
class MailSink {
  public:
    explicit MailSink(const std::filesystem::path& directory, std::vector<std::string> more = {})
        : directory_(directory) {
        std::filesystem::create_directories(directory);
        std::filesystem::remove(directory / "port");
        Command command{.argv = {"python3", HAVEN_SOURCE_DIR "/tests/integration/smtp_sink.py",
                                 directory.string(), "--port-file", directory / "port"},
                        .environment = {},
                        .without_environment = {},
                        .output_stem = directory / "sink"};
        command.argv.insert(command.argv.end(), more.begin(), more.end());
        auto started = Process::start(std::move(command));
        if (!started) {
            throw std::runtime_error(started.error());
        }
        process_.emplace(std::move(*started));
        if (!await(std::chrono::seconds(60),
                   [&] {
                       return std::filesystem::exists(directory / "port") || !process_->running();
                   }) ||
            !process_->running()) {
            throw std::runtime_error("no mail server: " + process_->errors());
        }
        port_ = read_text(directory / "port");
    }

    [[nodiscard]] std::string url(const char* scheme = "smtp",
                                  const char* host = "127.0.0.1") const {
        return std::format("{}://{}:{}", scheme, host, port_);
    }
    [[nodiscard]] Mailbox mailbox() const { return Mailbox(directory_); }
    /// The envelope of a message.
    [[nodiscard]] static std::string envelope(const Mail& mail) {
        std::filesystem::path file = mail.file;
        return read_text(file.replace_extension(".envelope"));
    }
    [[nodiscard]] bool exists(const char* name) const {
        return std::filesystem::exists(directory_ / name);
    }
    void kill() { process_->kill(); }

  private:
    std::filesystem::path directory_;
    std::optional<Process> process_;
    std::string port_;
};

/// webhook_sink.py in a directory.
class WebhookSink {
  public:
    explicit WebhookSink(const std::filesystem::path& directory) : directory_(directory) {
        std::filesystem::create_directories(directory);
        Command command{.argv = {"python3", HAVEN_SOURCE_DIR "/tests/integration/webhook_sink.py",
                                 directory.string(), "--port-file", directory / "port"},
                        .environment = {},
                        .without_environment = {},
                        .output_stem = directory / "sink"};
        auto started = Process::start(std::move(command));
        if (!started) {
            throw std::runtime_error(started.error());
        }
        process_.emplace(std::move(*started));
        if (!await(std::chrono::seconds(60), [&] {
                return std::filesystem::exists(directory / "port") || !process_->running();
            })) {
            throw std::runtime_error("no receiver: " + process_->errors());
        }
        port_ = read_text(directory / "port");
    }
    [[nodiscard]] std::string url(const std::string& host = "127.0.0.1") const {
        return std::format("http://{}:{}/haven", host, port_);
    }
    void knows(const std::string& secrets) const { write("secrets", secrets); }
    void answers(const std::string& what) const { write("answer", what); }
    [[nodiscard]] std::vector<std::string> messages() const {
        std::vector<std::string> all;
        if (std::filesystem::exists(directory_ / "messages")) {
            std::istringstream lines(read_text(directory_ / "messages"));
            for (std::string line; std::getline(lines, line);) {
                all.push_back(line);
            }
        }
        return all;
    }
    [[nodiscard]] std::vector<std::string> await_messages(std::size_t count) const {
        EXPECT_TRUE(await(std::chrono::seconds(30), [&] { return messages().size() >= count; }));
        return messages();
    }

  private:
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(directory_ / "new") << text;
        std::filesystem::rename(directory_ / "new", directory_ / name);
    }

    std::filesystem::path directory_;
    std::optional<Process> process_;
    std::string port_;
};

} // namespace haven::test
