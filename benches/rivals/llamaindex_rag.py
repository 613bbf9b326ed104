"""Documents in, passages out, as LlamaIndex's own guides do it."""

from common import COLLECTION, MODEL, THREADS, arguments, ingest, metered, register_model, search

from llama_index.core import Settings, SimpleDirectoryReader, StorageContext, VectorStoreIndex
from llama_index.core.node_parser import SentenceSplitter
from llama_index.embeddings.fastembed import FastEmbedEmbedding
from llama_index.vector_stores.qdrant import QdrantVectorStore
from qdrant_client import QdrantClient

args = arguments()
register_model()
Settings.embed_model = FastEmbedEmbedding(model_name=MODEL, cache_dir=args.models, threads=THREADS)
Settings.llm = None
if args.chunk:
    # 20 tokens of overlap is what LlamaIndex's `Settings` take when a chunk size is set.
    Settings.node_parser = SentenceSplitter(chunk_size=args.chunk, chunk_overlap=20)
client = QdrantClient(path=args.index)
store = QdrantVectorStore(client=client, collection_name=COLLECTION)


def documents_in():
    documents = SimpleDirectoryReader(args.docs, recursive=True, exclude_hidden=False).load_data()
    VectorStoreIndex.from_documents(documents, storage_context=StorageContext.from_defaults(vector_store=store))
    files = {document.metadata["file_path"] for document in documents}
    return len(files), client.count(COLLECTION).count


if args.command == "ingest":
    ingest(documents_in, metered(FastEmbedEmbedding, "_get_text_embeddings"), args.models)
else:
    spent = metered(FastEmbedEmbedding, "_get_query_embedding")
    retriever = VectorStoreIndex.from_vector_store(store).as_retriever(similarity_top_k=args.limit)
    search(retriever.retrieve, spent, args.questions)
client.close()
