// Torch's number of threads and its random numbers are the process's.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
