namespace Blockwright.Weights;

/// <summary>A dict in a PyTorch file that may be the state dict that is asked for.</summary>
/// <param name="Path">The keys that lead to it, joined by dots; empty for what was saved itself.</param>
/// <param name="Key">The last of them.</param>
/// <param name="Dict">The dict.</param>
internal sealed record StateDictCandidate(string Path, string Key, PickleDict Dict)
{
    // Under these training programs keep the weights of the network. A generator or a backbone has another part beside it.
    private static readonly HashSet<string> UsualNames = new(
        [
            "state_dict", "model_state_dict", "model_state", "model", "net", "net_state_dict", "network", "module", "params", "weights", "state",
            "ema", "ema_state_dict", "state_dict_ema", "model_ema", "ema_model", "params_ema", "shadow",
        ],
        StringComparer.Ordinal);

    public bool HasUsualName => UsualNames.Contains(Key);

    /// <summary>Whether it is what was saved itself.</summary>
    public bool IsWhole => Path.Length == 0;

    /// <summary>The names of its tensors.</summary>
    public IEnumerable<(string Name, PickleTensor Tensor)> Tensors
        => Dict.Pairs.Where(pair => pair is { Key: string, Value: PickleTensor }).Select(pair => ((string)pair.Key!, (PickleTensor)pair.Value!));

    /// <summary>Whether another one is the same dict, or has the same parts of the same storages under the same keys in the same order.</summary>
    public bool HasSameTensors(StateDictCandidate other)
    {
        if (ReferenceEquals(Dict, other.Dict))
            return true;
        var (pairs, others) = (Dict.Pairs, other.Dict.Pairs);
        if (pairs.Count != others.Count)
            return false;
        for (var i = 0; i < pairs.Count; i++)
            if (!Equals(pairs[i].Key, others[i].Key) || !IsSame(pairs[i].Value, others[i].Value))
                return false;
        return true;
    }

    private static bool IsSame(object? value, object? other) => (value, other) switch
    {
        (PickleTensor tensor, PickleTensor second) => tensor.IsSame(second),
        (PickleTensor or PickleOpaque { IsTensor: true }, _) or (_, PickleTensor or PickleOpaque { IsTensor: true }) => ReferenceEquals(value, other),
        // What is no tensor is not loaded.
        _ => true,
    };

    /// <summary>How it is shown in a list.</summary>
    public override string ToString() => IsWhole
        ? $"\"\" (the dict that was saved itself: {Tensors.Count()} tensors)"
        : $"\"{WeightsException.Show(Path)}\" ({Tensors.Count()} tensors)";
}
