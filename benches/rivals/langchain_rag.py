"""Documents in, passages out, as LangChain's own guides do it."""

from common import COLLECTION, DIMENSIONS, MODEL, THREADS, arguments, ingest, metered, register_model, search

from langchain_community.document_loaders import DirectoryLoader, TextLoader
from langchain_community.embeddings import FastEmbedEmbeddings
from langchain_qdrant import QdrantVectorStore
from langchain_text_splitters import RecursiveCharacterTextSplitter
from qdrant_client import QdrantClient
from qdrant_client.models import Distance, VectorParams

args = arguments()
register_model()
embeddings = FastEmbedEmbeddings(model_name=MODEL, cache_dir=args.models, threads=THREADS)
client = QdrantClient(path=args.index)
if not client.collection_exists(COLLECTION):
    client.create_collection(COLLECTION, vectors_config=VectorParams(size=DIMENSIONS, distance=Distance.COSINE))
store = QdrantVectorStore(client=client, collection_name=COLLECTION, embedding=embeddings)


def documents_in():
    documents = DirectoryLoader(args.docs, glob="**/*.md", loader_cls=TextLoader).load()
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    store.add_documents(splitter.split_documents(documents))
    return len(documents), client.count(COLLECTION).count


if args.command == "ingest":
    ingest(documents_in, metered(FastEmbedEmbeddings, "embed_documents"), args.models)
else:
    spent = metered(FastEmbedEmbeddings, "embed_query")
    search(lambda question: store.similarity_search(question, k=args.limit), spent, args.questions)
client.close()
