#include "tests/bench/gpu_cost/cost_table.hpp"

#include "tests/bench/gpu_cost/null_gpu.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <format>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

namespace haven::gpu_cost {
namespace {

constexpr const char* head =
    "pipeline\tvertex: VGPRs\tspills\tinstructions\tcycles\tloads\tfragment: VGPRs\tspills\t"
    "instructions\tcycles\tloads";

std::string line_of(const StageCost& cost) {
    return std::format("\t{}\t{}\t{}\t{}\t{}", cost.vgprs, cost.spills, cost.instructions,
                       cost.cycles, cost.loads);
}

std::istream& operator>>(std::istream& in, StageCost& cost) {
    return in >> cost.vgprs >> cost.spills >> cost.instructions >> cost.cycles >> cost.loads;
}

} // namespace

std::filesystem::path cost_table_file() {
    return HAVEN_SOURCE_DIR "/tests/bench/gpu_cost/cost_table.tsv";
}

std::expected<CostTable, std::string> read_cost_table() {
    std::ifstream file(cost_table_file());
    CostTable table;
    std::string line;
    if (!std::getline(file, table.driver) || !std::getline(file, line) || line != head) {
        return std::unexpected(std::format("{} cannot be read", cost_table_file().string()));
    }
    while (std::getline(file, line)) {
        const std::size_t tab = line.find('\t');
        PipelineCost cost;
        if (tab == std::string::npos) {
            return std::unexpected(std::format("cannot read: {}", line));
        }
        std::istringstream numbers(line.substr(tab));
        if (!(numbers >> cost.vertex >> cost.fragment)) {
            return std::unexpected(std::format("cannot read: {}", line));
        }
        table.pipelines.emplace(line.substr(0, tab), cost);
    }
    return table;
}

std::expected<void, std::string> write_cost_table(const CostTable& table) {
    std::ofstream file(cost_table_file());
    file << table.driver << '\n' << head << '\n';
    for (const auto& [name, cost] : table.pipelines) {
        file << name << line_of(cost.vertex) << line_of(cost.fragment) << '\n';
    }
    if (!file.flush()) {
        return std::unexpected(std::format("{} cannot be written", cost_table_file().string()));
    }
    return {};
}

} // namespace haven::gpu_cost
