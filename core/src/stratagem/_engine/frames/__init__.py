"""One execution of a plan, and the strands that run its steps.

Read `frame`, the states of the steps and what is dropped early; `strand`, the hot loop; `outputs`, which values a node may
give; `lateness`, what is said of steps that came after their time limit.
"""
