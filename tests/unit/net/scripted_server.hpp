#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace haven::test {

/// A real HTTP/1.1 server on a free port of the loopback that gives the answers it was told to, in
/// order, and 200 to everything after them. A success without a body or headers of its own is what
/// Haven would answer: a receipt. The question who bears the token is answered beside the script,
/// and not counted among what was seen. One connection at a time.
class ScriptedServer {
  public:
    struct Answer {
        int status = 200;
        std::string body;
        std::vector<std::string> headers; ///< "Name: value"
        bool hang_up = false;             ///< reads the request, and closes the connection
        bool hold = false;                ///< answers only after release()
        bool bare = false;                ///< a success without a receipt
        bool for_bearer = false;          ///< to the question who bears the token, and only to it
    };
    struct Seen {
        std::string method;
        std::string path;
        std::map<std::string, std::string> headers; ///< names in lower case
        std::string body;
    };

    /// The answer of a server that stored the request.
    [[nodiscard]] static Answer receipt(const Seen& request, int status = 200);

    static constexpr std::string_view server_id = "6f1c2a51-4a0e-4d5d-9c39-0d6d1f6a2b11";
    static constexpr std::string_view user_id = "0190163d-8694-739b-aea5-966c26f8ad91";

    explicit ScriptedServer(std::vector<Answer> script = {});
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;
    ~ScriptedServer();

    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::vector<Seen> seen() const;
    [[nodiscard]] std::vector<std::string> seen_paths() const;
    [[nodiscard]] std::size_t bearer_questions() const;
    /// Whose every token is from now on, and which server says so.
    void become(std::string_view user, std::string_view server = server_id);
    void release();
    /// From the next connection on, takes a small piece every ten milliseconds.
    void become_slow() { slow_ = true; }

  private:
    void serve();
    void serve_connection(int connection);
    [[nodiscard]] bool wait_readable(int descriptor) const; ///< false: the end has come
    void take_slowly(int connection) const;
    [[nodiscard]] Answer next_answer(Seen request);

    std::uint16_t port_ = 0;
    int listener_ = -1;
    int end_event_ = -1;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Answer> script_;
    std::vector<Seen> seen_;
    std::size_t bearer_questions_ = 0;
    std::string user_id_{user_id};
    std::string server_id_{server_id};
    std::atomic<bool> slow_ = false;
    bool released_ = false;
    bool ending_ = false;
    std::thread thread_;
};

} // namespace haven::test
