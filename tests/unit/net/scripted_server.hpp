#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace haven::test {

/// A real HTTP/1.1 server on a free port of the loopback that gives the answers it was told to, in
/// order, and 200 to everything after them. One connection at a time.
class ScriptedServer {
  public:
    struct Answer {
        int status = 200;
        std::string body;
        std::vector<std::string> headers; ///< "Name: value"
        bool hang_up = false;             ///< reads the request, and closes the connection
        bool hold = false;                ///< answers only after release()
    };
    struct Seen {
        std::string method;
        std::string path;
        std::map<std::string, std::string> headers; ///< names in lower case
        std::string body;
    };

    explicit ScriptedServer(std::vector<Answer> script = {});
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;
    ~ScriptedServer();

    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::vector<Seen> seen() const;
    [[nodiscard]] std::vector<std::string> seen_paths() const;
    void release();

  private:
    void serve();
    void serve_connection(int connection);
    [[nodiscard]] bool wait_readable(int descriptor) const; ///< false: the end has come
    [[nodiscard]] Answer next_answer(Seen request);

    std::uint16_t port_ = 0;
    int listener_ = -1;
    int end_event_ = -1;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Answer> script_;
    std::vector<Seen> seen_;
    bool released_ = false;
    bool ending_ = false;
    std::thread thread_;
};

} // namespace haven::test
