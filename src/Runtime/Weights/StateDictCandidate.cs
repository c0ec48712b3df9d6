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

    /// <summary>How it is shown in a list.</summary>
    public override string ToString() => IsWhole
        ? $"\"\" (the dict that was saved itself: {Tensors.Count()} tensors)"
        : $"\"{WeightsException.Show(Path)}\" ({Tensors.Count()} tensors)";
}
