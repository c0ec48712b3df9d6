namespace Blockwright.Weights;

/// <summary>The bytes of a PyTorch file's tensors, as either of its formats keeps them.</summary>
internal interface ITorchStorages
{
    /// <summary>Whether the elements have their highest byte first.</summary>
    bool IsBigEndian { get; }

    /// <summary>Where a storage is looked for, in words.</summary>
    string Place { get; }

    /// <summary>A storage by its key; null if there is none.</summary>
    TorchRecord? Storage(string key);

    /// <summary>Compares a storage's checksum, unless there is none or that has been done.</summary>
    void Verify(TorchRecord record);

    /// <summary>Checks that no byte belongs to two of the storages that were asked for, so that all of them together are no longer than the file.</summary>
    void CheckDisjoint();
}
