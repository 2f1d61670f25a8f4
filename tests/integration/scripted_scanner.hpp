#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>

/// A peer that speaks clamd's protocol as its manual has it: INSTREAM, pieces with their length
/// before them, an answer that a zero ends. It finds `mark` in what comes.
namespace haven::test {

class ScriptedScanner {
  public:
    enum class Manner { answers, hangs_up, refuses, says_nothing };
    static constexpr std::string_view mark = "EICAR-STANDARD-ANTIVIRUS-TEST-FILE";

    ScriptedScanner(std::filesystem::path socket, Manner manner);
    ~ScriptedScanner();
    ScriptedScanner(const ScriptedScanner&) = delete;
    ScriptedScanner& operator=(const ScriptedScanner&) = delete;

    [[nodiscard]] std::string address() const { return "unix:" + path_.string(); }
    /// What came that is no INSTREAM as the manual has it.
    [[nodiscard]] std::size_t faults() const { return faults_; }
    [[nodiscard]] std::size_t scanned_bytes() const { return scanned_bytes_; }
    [[nodiscard]] std::size_t scans() const { return scans_; }

  private:
    void serve(int client);

    std::filesystem::path path_;
    Manner manner_;
    int socket_ = -1;
    std::atomic<std::size_t> faults_ = 0;
    std::atomic<std::size_t> scanned_bytes_ = 0;
    std::atomic<std::size_t> scans_ = 0;
    std::jthread thread_;
};

} // namespace haven::test
