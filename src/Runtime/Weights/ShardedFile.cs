namespace Blockwright.Weights;

/// <summary>A model in several files: the tensors that an index lists, each from the file that it names.</summary>
internal sealed class ShardedFile : WeightFile
{
    private readonly Dictionary<string, (WeightFile File, ILookup<string, SkippedEntry> Skipped)> _shards = new(StringComparer.Ordinal);

    private ShardedFile(WeightStream index)
        : base(index)
    {
    }

    public static ShardedFile Read(WeightStream index)
    {
        var file = new ShardedFile(index);
        var isRead = false;
        try
        {
            file.ReadShards();
            isRead = true;
            return file;
        }
        finally
        {
            if (!isRead)
                file.CloseShards();
        }
    }

    private protected override void Dispose(bool disposing)
    {
        CloseShards();
        base.Dispose(disposing);
    }

    private void ReadShards()
    {
        var entries = new List<WeightEntry>();
        var skipped = new List<SkippedEntry>();
        foreach (var (key, name) in ShardIndex.Read(ByteSource))
        {
            var (shard, passedOver) = Shard(name);
            if (shard.TryGet(key, out var entry))
                entries.Add(entry);
            else
                skipped.Add(passedOver[key].FirstOrDefault()
                    ?? throw new WeightsException(shard.Path, $"the index {Path} says that it stands here, and it does not.", key));
        }
        Fill(entries, skipped);
    }

    private (WeightFile File, ILookup<string, SkippedEntry> Skipped) Shard(string name)
    {
        if (!_shards.TryGetValue(name, out var shard))
        {
            var file = OpenShard(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path) ?? "", name));
            _shards.Add(name, shard = (file, file.Skipped.ToLookup(skipped => skipped.Name, StringComparer.Ordinal)));
        }
        return shard;
    }

    private static WeightFile OpenShard(string path)
        => OpenWith<WeightFile>(path, file => PyTorchFile.IsOne(file) ? PyTorchFile.Read(file) : Safetensors.Read(file));

    private void CloseShards()
    {
        foreach (var (shard, _) in _shards.Values)
            shard.Dispose();
        _shards.Clear();
    }
}
