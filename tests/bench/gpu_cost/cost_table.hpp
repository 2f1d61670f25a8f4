#pragma once

#include "tests/bench/gpu_cost/null_gpu.hpp"

#include <expected>
#include <filesystem>
#include <map>
#include <string>

namespace haven::gpu_cost {

/// What every pipeline cost when somebody last looked at it: by Recipe::name().
struct CostTable {
    std::string driver; ///< whose compiler it was
    std::map<std::string, PipelineCost> pipelines;
};

[[nodiscard]] std::filesystem::path cost_table_file();
[[nodiscard]] std::expected<CostTable, std::string> read_cost_table();
[[nodiscard]] std::expected<void, std::string> write_cost_table(const CostTable& table);

} // namespace haven::gpu_cost
