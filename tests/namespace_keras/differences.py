"""Snippets whose seeds differ from 1.15's, each with the reason."""

LEFT = {
    "conv2d_transpose": "the output's size is computed before the graph runs, "
                        "so there are fewer operations",
    "losses": "KLD, MAPE, MSLE and Huber consist of other operations",
    "train_function_ftrl": "today's Ftrl has a variable beta (0) more",
    "cudnn": "needs a GPU, here as in 1.15",
}
